// Modules, hosts and routes as values.
#include "route.h"

#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

namespace lars {
namespace {

const std::vector<int32_t> IDS = {0, 1, 2, -1, INT32_MAX, INT32_MIN};

route_row row(const module_id &module, const std::string &host)
{
    return {module, {*endpoint::parse(host)}};
}

TEST(ModuleId, Trap_D5_IdsDoNotFlowIntoEachOther)
{
    std::set<module_id> ordered;
    std::unordered_set<module_id, module_id_hash> hashed;
    std::set<size_t> hashes;
    for (int32_t modid : IDS) {
        for (int32_t cmdid : IDS) {
            const module_id module{modid, cmdid};
            EXPECT_EQ(module, (module_id{modid, cmdid}));
            EXPECT_TRUE(ordered.insert(module).second) << module.to_string();
            EXPECT_TRUE(hashed.insert(module).second) << module.to_string();
            hashes.insert(module_id_hash()(module));
        }
    }
    EXPECT_EQ(hashes.size(), IDS.size() * IDS.size());
    EXPECT_NE((module_id{1, -1}), (module_id{0, -1}));
    EXPECT_NE((module_id{1, -1}), (module_id{2, -1}));
}

// Tables of a power of two places take the lowest bits of the hash.
TEST(ModuleId, TheLowestBitsOfTheHashDependOnAllOfIt)
{
    constexpr int MODULES = 4096;
    for (int shift : {0, 12, 19}) {
        std::set<size_t> by_modid, by_cmdid;
        for (int i = 0; i < MODULES; ++i) {
            by_modid.insert(module_id_hash()({i << shift, 1}) % MODULES);
            by_cmdid.insert(module_id_hash()({1, i << shift}) % MODULES);
        }
        // Of so many chosen at random 63 % differ.
        EXPECT_GT(by_modid.size(), MODULES * 6 / 10) << shift;
        EXPECT_GT(by_cmdid.size(), MODULES * 6 / 10) << shift;
    }
}

TEST(ModuleId, IsOrderedAsSignedNumbersAndWrittenAsThem)
{
    EXPECT_LT((module_id{-1, 5}), (module_id{0, 1}));
    EXPECT_LT((module_id{1, -5}), (module_id{1, 1}));
    EXPECT_FALSE((module_id{1, 1}) < (module_id{1, 1}));
    EXPECT_EQ((module_id{-1, INT32_MIN}.to_string()), "(-1,-2147483648)");
}

TEST(RouteHost, CanBeCalledWithAnAddressAndAPort)
{
    EXPECT_TRUE((route_host{{1, 1}}.can_be_called()));
    EXPECT_TRUE((route_host{{0xffffffff, 65535}}.can_be_called()));
    EXPECT_FALSE((route_host{{0, 80}}.can_be_called()));
    EXPECT_FALSE((route_host{{1, 0}}.can_be_called()));
    EXPECT_FALSE(route_host().can_be_called());
}

TEST(RouteHost, IsReadAsItIsWritten)
{
    for (const char *text : {"10.0.0.1:80", "255.255.255.255:65535", "0.0.0.0:0"})
        EXPECT_EQ(route_host::parse(text).value().to_string(), text);
    for (const char *wrong : {"", "10.0.0.1", "10.0.0.1:65536", "10.0.0.1:80 ", "10.0.0.1:80@"})
        EXPECT_FALSE(route_host::parse(wrong)) << wrong;
}

TEST(RouteHost, IsWrittenWithItsWeightUnlessThatIsTheUsualOne)
{
    EXPECT_EQ(route_host().weight, 100u);
    for (const char *text : {"10.0.0.1:80", "10.0.0.1:80@0", "10.0.0.1:80@4294967295"})
        EXPECT_EQ(route_host::parse(text).value_or(route_host()).to_string(), text);
    EXPECT_EQ(route_host::parse("10.0.0.1:80@100")->to_string(), "10.0.0.1:80");
    EXPECT_EQ(route_host::parse("10.0.0.1:80@7")->weight, 7u);
    EXPECT_TRUE(route_host::parse("10.0.0.1:80@0")->drained());
    for (const char *wrong :
         {"@1", "10.0.0.1:80@x", "10.0.0.1:80@-1", "10.0.0.1:80@+1", "10.0.0.1:80@ 1",
          "10.0.0.1:80@1 ", "10.0.0.1:80@1.5", "10.0.0.1:80@4294967296", "10.0.0.1:80@0x10",
          "10.0.0.1:80@1@2", "10.0.0.1@1:80", "10.0.0.1@80"})
        EXPECT_FALSE(route_host::parse(wrong)) << wrong;
}

TEST(RouteHost, AnotherWeightIsAnotherRouteOfTheSameHost)
{
    const route_host usual{{1, 80}}, light{{1, 80}, 7}, next{{1, 81}, 1};
    EXPECT_NE(usual, light);
    EXPECT_LT(light, usual);
    EXPECT_LT(usual, next);
    EXPECT_EQ(find_host({light}, usual.address)->weight, 7u);
}

TEST(RouteHost, IsFoundByItsAddress)
{
    const std::vector<route_host> hosts = {{{1, 80}}, {{1, 81}}, {{2, 80}}};
    for (const route_host &wanted : hosts)
        EXPECT_EQ(find_host(hosts, wanted.address)->address, wanted.address);
    EXPECT_EQ(find_host(hosts, {2, 81}), nullptr);
    EXPECT_EQ(find_host({}, {1, 80}), nullptr);
}

TEST(RouteHost, SortedHostsStandThereOnce)
{
    std::vector<route_host> hosts = {{{2, 80}}, {{1, 81}}, {{1, 80}}, {{2, 80}}, {{1, 80}}};
    sort_hosts(&hosts);
    EXPECT_EQ(hosts, (std::vector<route_host>{{{1, 80}}, {{1, 81}}, {{2, 80}}}));
}

TEST(RouteHost, OfSeveralWeightsTheLowestStays)
{
    std::vector<route_host> hosts = {{{1, 80}, 50}, {{2, 80}}, {{1, 80}, 7}, {{2, 80}, 0}};
    sort_hosts(&hosts);
    EXPECT_EQ(hosts, (std::vector<route_host>{{{1, 80}, 7}, {{2, 80}, 0}}));
}

TEST(GroupByModule, GivesEachModuleOnceWithItsHostsSortedAndOnce)
{
    const auto groups = group_by_module({row({1, 2}, "10.0.0.2:80"), row({1, 1}, "10.0.0.9:80"),
                                         row({1, 2}, "10.0.0.1:80"), row({-1, 1}, "10.0.0.1:80"),
                                         row({1, 2}, "10.0.0.2:80")});
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[0].module, (module_id{-1, 1}));
    EXPECT_EQ(groups[1].module, (module_id{1, 1}));
    EXPECT_EQ(groups[1].hosts.size(), 1u);
    EXPECT_EQ(groups[2].module, (module_id{1, 2}));
    ASSERT_EQ(groups[2].hosts.size(), 2u);
    EXPECT_EQ(groups[2].hosts[0].address.to_string(), "10.0.0.1:80");
    EXPECT_EQ(groups[2].hosts[1].address.to_string(), "10.0.0.2:80");
    EXPECT_TRUE(group_by_module({}).empty());
}

TEST(GroupByModule, LeavesOutHostsThatCannotBeCalled)
{
    const auto groups = group_by_module(
        {row({1, 1}, "0.0.0.0:80"), row({1, 2}, "10.0.0.1:0"), row({1, 2}, "10.0.0.1:80")});
    ASSERT_EQ(groups.size(), 1u);
    EXPECT_EQ(groups[0].module, (module_id{1, 2}));
    EXPECT_EQ(groups[0].hosts.size(), 1u);
}

TEST(GroupByModule, TakesTheLowestWeightAndLeavesOutDrainedHosts)
{
    const auto weighted = [](int32_t cmdid, const char *text) {
        return route_row{{1, cmdid}, *route_host::parse(text)};
    };
    const auto groups = group_by_module(
        {weighted(1, "10.0.0.1:80@50"), weighted(1, "10.0.0.1:80@7"), weighted(1, "10.0.0.2:80@0"),
         weighted(1, "10.0.0.2:80"), weighted(1, "10.0.0.3:80@4294967295"),
         weighted(2, "10.0.0.2:80@0"), weighted(3, "10.0.0.2:80")});
    ASSERT_EQ(groups.size(), 2u) << "where all are drained there is no route";
    EXPECT_EQ(groups[0].module, (module_id{1, 1}));
    ASSERT_EQ(groups[0].hosts.size(), 2u);
    EXPECT_EQ(groups[0].hosts[0].to_string(), "10.0.0.1:80@7");
    EXPECT_EQ(groups[0].hosts[1].to_string(), "10.0.0.3:80@4294967295");
    EXPECT_EQ(groups[1].module, (module_id{1, 3}));
}

}  // namespace
}  // namespace lars
