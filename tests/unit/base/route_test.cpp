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
    for (const char *wrong : {"", "10.0.0.1", "10.0.0.1:65536", "10.0.0.1:80 ", "10.0.0.1:80@1"})
        EXPECT_FALSE(route_host::parse(wrong)) << wrong;
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

}  // namespace
}  // namespace lars
