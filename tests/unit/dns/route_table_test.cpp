#include "route_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "messages.h"

namespace lars {
namespace {

using test::host;
using test::to_hex;

route_row row(int32_t modid, int32_t cmdid, const std::string &text)
{
    return {modid, cmdid, host(text)};
}

const std::vector<route_row> SAMPLE = {
    row(1, 2, "192.168.1.179:7778"), row(1, 1, "192.168.1.177:7777"),
    row(1, 2, "192.168.1.178:7776"), row(1, 2, "192.168.1.179:7778")};

std::string hosts(const route_table &table, int32_t modid, int32_t cmdid)
{
    const route *found = table.find(make_module_key(modid, cmdid));
    if (!found)
        return "none";
    std::string text;
    for (const endpoint &address : found->hosts)
        text += (text.empty() ? "" : " ") + address.to_string();
    return text;
}

TEST(ModuleKey, Trap_D5_IdsDoNotFlowIntoEachOther)
{
    for (int32_t modid : {0, 1, -1, INT32_MAX, INT32_MIN}) {
        for (int32_t cmdid : {0, 1, -1, INT32_MAX, INT32_MIN}) {
            const module_key key = make_module_key(modid, cmdid);
            EXPECT_EQ(modid_of(key), modid);
            EXPECT_EQ(cmdid_of(key), cmdid);
        }
    }
    EXPECT_EQ(make_module_key(1, -1), 0x1ffffffffu);
}

TEST(RouteTable, FindsEachModuleWithItsHostsSortedAndOnce)
{
    const route_table table(SAMPLE);
    EXPECT_EQ(table.size(), 2u);
    EXPECT_EQ(hosts(table, 1, 1), "192.168.1.177:7777");
    EXPECT_EQ(hosts(table, 1, 2), "192.168.1.178:7776 192.168.1.179:7778");
    EXPECT_EQ(hosts(table, 2, 1), "none");
    EXPECT_EQ(hosts(route_table(), 1, 1), "none");
}

TEST(RouteTable, Trap_D5_NegativeIdsAreModulesOfTheirOwn)
{
    const route_table table({row(1, -1, "10.0.0.1:1"), row(0, -1, "10.0.0.2:1"),
                             row(-1, 1, "10.0.0.3:1"), row(2, -1, "10.0.0.4:1")});
    EXPECT_EQ(hosts(table, 1, -1), "10.0.0.1:1");
    EXPECT_EQ(hosts(table, 0, -1), "10.0.0.2:1");
    EXPECT_EQ(hosts(table, -1, 1), "10.0.0.3:1");
    EXPECT_EQ(hosts(table, 2, -1), "10.0.0.4:1");
    EXPECT_EQ(hosts(table, -1, -1), "none");
}

TEST(RouteTable, AnswersAreTheGoldenBytes)
{
    const route_table table(SAMPLE);
    EXPECT_EQ(to_hex(table.find(make_module_key(1, 2))->answer),
              "080110021a0e08b283a085fcffffffff0110e03c1a0e08b383a085fcffffffff0110e23c");
    EXPECT_EQ(to_hex(empty_answer(make_module_key(1, 1))), "08011001");
    EXPECT_EQ(empty_answer(make_module_key(0, 0)), "");
}

TEST(RouteTable, RowsAreWhatItWasBuiltFrom)
{
    const std::vector<route_row> expected = {row(1, 1, "192.168.1.177:7777"),
                                             row(1, 2, "192.168.1.178:7776"),
                                             row(1, 2, "192.168.1.179:7778")};
    EXPECT_EQ(route_table(SAMPLE).rows(), expected);
    EXPECT_TRUE(route_table().rows().empty());
}

TEST(RouteTable, GroupsRowsByModule)
{
    const auto groups = group_by_module(SAMPLE);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(groups[0].first, make_module_key(1, 1));
    EXPECT_EQ(groups[0].second.size(), 1u);
    EXPECT_EQ(groups[1].first, make_module_key(1, 2));
    EXPECT_EQ(groups[1].second.size(), 2u);
}

TEST(RouteTable, WithReplacesAddsAndRemovesModules)
{
    const route_table old(SAMPLE);
    const route_table next = old.with({{make_module_key(2, 1), {host("10.0.0.2:1"), host("10.0.0.1:1"),
                                                                host("10.0.0.2:1")}},
                                       {make_module_key(1, 1), {}},
                                       {make_module_key(9, 9), {}},
                                       {make_module_key(0, 1), {host("10.0.0.9:1")}}});
    EXPECT_EQ(next.size(), 3u);
    EXPECT_EQ(hosts(next, 2, 1), "10.0.0.1:1 10.0.0.2:1");
    EXPECT_EQ(hosts(next, 1, 1), "none");
    EXPECT_EQ(hosts(next, 9, 9), "none");
    EXPECT_EQ(hosts(next, 0, 1), "10.0.0.9:1");
    EXPECT_EQ(hosts(next, 1, 2), hosts(old, 1, 2));
    EXPECT_EQ(next.find(make_module_key(1, 2)), old.find(make_module_key(1, 2))) << "is shared";
    EXPECT_EQ(hosts(old, 1, 1), "192.168.1.177:7777") << "the old one stays as it was";
}

TEST(RouteTable, AModuleThatStaysTheSameIsNoDifference)
{
    const route_table old(SAMPLE);
    EXPECT_TRUE(route_table::difference(old, route_table(SAMPLE)).empty());
    const auto same = old.with({{make_module_key(1, 1), {host("192.168.1.177:7777")}}});
    EXPECT_TRUE(route_table::difference(old, same).empty());
    EXPECT_EQ(same.find(make_module_key(1, 1)), old.find(make_module_key(1, 1)));
}

// Random changes, against a difference that is found the slow way.
TEST(RouteTable, WithAndDifferenceAgreeWithAFreshTable)
{
    std::mt19937 random(7);
    std::vector<route_row> rows;
    route_table table;
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        std::vector<module_hosts> changes;
        for (unsigned i = 0; i < 1 + random() % 4; ++i) {
            const auto modid = static_cast<int32_t>(random() % 5) - 2;
            const auto cmdid = static_cast<int32_t>(random() % 5) - 2;
            const module_key key = make_module_key(modid, cmdid);
            if (std::any_of(changes.begin(), changes.end(), [&](auto &c) { return c.first == key; }))
                continue;
            rows.erase(std::remove_if(rows.begin(), rows.end(),
                                      [&](const route_row &r) {
                                          return r.modid == modid && r.cmdid == cmdid;
                                      }),
                       rows.end());
            changes.push_back({key, {}});
            for (unsigned h = random() % 3; h > 0; --h) {
                const endpoint address{0x0a000001u + static_cast<uint32_t>(random() % 2), 80};
                rows.push_back({modid, cmdid, address});
                changes.back().second.push_back(address);
            }
        }
        const route_table next = table.with(changes);
        const route_table fresh(rows);
        ASSERT_EQ(next.rows(), fresh.rows());
        ASSERT_TRUE(route_table::difference(next, fresh).empty());
        std::vector<module_key> expected;
        for (int32_t modid = -2; modid <= 2; ++modid) {
            for (int32_t cmdid = -2; cmdid <= 2; ++cmdid) {
                if (hosts(table, modid, cmdid) != hosts(next, modid, cmdid))
                    expected.push_back(make_module_key(modid, cmdid));
            }
        }
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(route_table::difference(table, next), expected);
        table = next;
    }
}

TEST(RouteTable, ARouteTooLongForAMessageIsCutToWhatFitsWithASeq)
{
    std::vector<route_row> rows;
    for (uint32_t i = 0; i < 5000; ++i)
        rows.push_back({-1, -1, {0xc0000000 + i, 40000}});
    const route_table table(rows);
    const route *found = table.find(make_module_key(-1, -1));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->hosts.size(), 5000u);
    GetRouteResponse body;
    ASSERT_TRUE(body.ParseFromString(found->answer));
    EXPECT_EQ(static_cast<size_t>(body.host_size()), found->hosts_in_answer);
    EXPECT_LT(found->hosts_in_answer, 5000u);
    EXPECT_EQ(body.host(0).ip(), static_cast<int32_t>(0xc0000000));
    body.set_seq(UINT32_MAX);
    EXPECT_LE(body.ByteSizeLong(), 65527u);
    *body.add_host() = body.host(0);
    EXPECT_GT(body.ByteSizeLong(), 65527u) << "one more would have fitted";
}

TEST(RouteTable, ARouteThatFitsIsWhole)
{
    std::vector<route_row> rows;
    for (uint32_t i = 0; i < 3500; ++i)
        rows.push_back({1, 1, {0xc0000000 + i, 80}});
    const route_table table(rows);
    EXPECT_EQ(table.find(make_module_key(1, 1))->hosts_in_answer, 3500u);
}

}  // namespace
}  // namespace lars
