#include "route_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "messages.h"

namespace lars {
namespace {

using test::host;
using test::to_hex;

route_row row(int32_t modid, int32_t cmdid, const std::string &text)
{
    return {{modid, cmdid}, {host(text)}};
}

route_table table_of(const std::vector<route_row> &rows)
{
    return route_table(group_by_module(rows));
}

const std::vector<route_row> SAMPLE = {
    row(1, 2, "192.168.1.179:7778"), row(1, 1, "192.168.1.177:7777"),
    row(1, 2, "192.168.1.178:7776"), row(1, 2, "192.168.1.179:7778")};

std::string hosts(const route_table &table, int32_t modid, int32_t cmdid)
{
    const auto found = table.find({modid, cmdid});
    if (!found)
        return "none";
    std::string text;
    for (const route_host &one : found->hosts())
        text += (text.empty() ? "" : " ") + one.address.to_string();
    return text;
}

TEST(RouteTable, FindsEachModuleWithItsHostsSortedAndOnce)
{
    const route_table table = table_of(SAMPLE);
    EXPECT_EQ(table.size(), 2u);
    EXPECT_EQ(hosts(table, 1, 1), "192.168.1.177:7777");
    EXPECT_EQ(hosts(table, 1, 2), "192.168.1.178:7776 192.168.1.179:7778");
    EXPECT_EQ(hosts(table, 2, 1), "none");
    EXPECT_EQ(hosts(route_table(), 1, 1), "none");
}

TEST(RouteTable, Trap_D5_NegativeIdsAreModulesOfTheirOwn)
{
    const route_table table = table_of({row(1, -1, "10.0.0.1:1"), row(0, -1, "10.0.0.2:1"),
                                        row(-1, 1, "10.0.0.3:1"), row(2, -1, "10.0.0.4:1")});
    EXPECT_EQ(hosts(table, 1, -1), "10.0.0.1:1");
    EXPECT_EQ(hosts(table, 0, -1), "10.0.0.2:1");
    EXPECT_EQ(hosts(table, -1, 1), "10.0.0.3:1");
    EXPECT_EQ(hosts(table, 2, -1), "10.0.0.4:1");
    EXPECT_EQ(hosts(table, -1, -1), "none");
}

TEST(RouteTable, AnswersAreTheGoldenBytes)
{
    const route_table table = table_of(SAMPLE);
    EXPECT_EQ(to_hex(std::string(table.find({1, 2})->answer())),
              "080110021a0e08b283a085fcffffffff0110e03c1a0e08b383a085fcffffffff0110e23c");
}

TEST(RouteTable, RowsAreWhatItWasBuiltFrom)
{
    const std::vector<route_row> expected = {row(1, 1, "192.168.1.177:7777"),
                                             row(1, 2, "192.168.1.178:7776"),
                                             row(1, 2, "192.168.1.179:7778")};
    EXPECT_EQ(table_of(SAMPLE).rows(), expected);
    EXPECT_TRUE(route_table().rows().empty());
}

TEST(RouteTable, WithReplacesAddsAndRemovesModules)
{
    const route_table old = table_of(SAMPLE);
    const route_table next =
        old.with({{{2, 1}, {{host("10.0.0.2:1")}, {host("10.0.0.1:1")}, {host("10.0.0.2:1")}}},
                  {{1, 1}, {}},
                  {{9, 9}, {}},
                  {{0, 1}, {{host("10.0.0.9:1")}}}});
    EXPECT_EQ(next.size(), 3u);
    EXPECT_EQ(hosts(next, 2, 1), "10.0.0.1:1 10.0.0.2:1");
    EXPECT_EQ(hosts(next, 1, 1), "none");
    EXPECT_EQ(hosts(next, 9, 9), "none");
    EXPECT_EQ(hosts(next, 0, 1), "10.0.0.9:1");
    EXPECT_EQ(hosts(next, 1, 2), hosts(old, 1, 2));
    EXPECT_EQ(hosts(old, 1, 1), "192.168.1.177:7777") << "the old one stays as it was";
}

TEST(RouteTable, AModuleThatStaysTheSameIsNoDifference)
{
    const route_table old = table_of(SAMPLE);
    EXPECT_TRUE(route_table::difference(old, table_of(SAMPLE)).empty());
    const auto same = old.with({{{1, 1}, {{host("192.168.1.177:7777")}}}});
    EXPECT_TRUE(route_table::difference(old, same).empty());
    EXPECT_EQ(same.find({1, 1})->body().data(), old.find({1, 1})->body().data());
}

// Random changes, against a difference that is found the slow way.
TEST(RouteTable, WithAndDifferenceAgreeWithAFreshTable)
{
    std::mt19937 random(7);
    std::vector<route_row> rows;
    route_table table;
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        std::vector<module_route> changes;
        for (unsigned i = 0; i < 1 + random() % 4; ++i) {
            const auto modid = static_cast<int32_t>(random() % 5) - 2;
            const auto cmdid = static_cast<int32_t>(random() % 5) - 2;
            const module_id module{modid, cmdid};
            if (std::any_of(changes.begin(), changes.end(),
                            [&](auto &c) { return c.module == module; }))
                continue;
            rows.erase(std::remove_if(rows.begin(), rows.end(),
                                      [&](const route_row &r) { return r.module == module; }),
                       rows.end());
            changes.push_back({module, {}});
            for (unsigned h = random() % 3; h > 0; --h) {
                const endpoint address{0x0a000001u + static_cast<uint32_t>(random() % 2), 80};
                rows.push_back({module, {address}});
                changes.back().hosts.push_back({address});
            }
        }
        const route_table next = table.with(changes);
        const route_table fresh = table_of(rows);
        ASSERT_EQ(next.rows(), fresh.rows());
        ASSERT_TRUE(route_table::difference(next, fresh).empty());
        std::vector<module_id> expected;
        for (int32_t modid = -2; modid <= 2; ++modid) {
            for (int32_t cmdid = -2; cmdid <= 2; ++cmdid) {
                if (hosts(table, modid, cmdid) != hosts(next, modid, cmdid))
                    expected.push_back({modid, cmdid});
            }
        }
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(route_table::difference(table, next), expected);
        table = next;
    }
}

TEST(RouteTable, AWeightAloneIsADifference)
{
    const route_table old = table_of({row(1, 1, "10.0.0.1:1"), row(1, 2, "10.0.0.1:1")});
    const route_table next = old.with({{{1, 1}, {{host("10.0.0.1:1"), 7}}}});
    EXPECT_EQ(route_table::difference(old, next), (std::vector<module_id>{{1, 1}}));
    EXPECT_EQ(next.rows()[0].host.weight, 7u);
    const route_table same = next.with({{{1, 1}, {{host("10.0.0.1:1"), 7}}}});
    EXPECT_TRUE(route_table::difference(next, same).empty());
    EXPECT_EQ(same.find({1, 1})->body().data(), next.find({1, 1})->body().data());
    EXPECT_EQ(route_table::difference(next, old), (std::vector<module_id>{{1, 1}}));
}

// A change copies the blocks that it changes, and no others.
TEST(RouteTable, WhatIsFarAwayIsShared)
{
    std::vector<module_route> routes;
    for (int32_t i = 0; i < 10000; ++i)
        routes.push_back({{i, 0}, {{{1, 80}}}});
    const route_table old(routes);
    for (int32_t changed : {0, 1, 127, 128, 5000, 9999}) {
        for (const std::vector<route_host> &hosts :
             {std::vector<route_host>(), {{{2, 80}}}, {{{1, 80}}, {{2, 80}}}}) {
            const route_table next = old.with({{{changed, 0}, hosts}});
            int copied = 0;
            for (int32_t i = 0; i < 10000; ++i) {
                const auto now = next.find({i, 0});
                copied += now && now->body().data() != old.find({i, 0})->body().data() ? 1 : 0;
            }
            EXPECT_LE(copied, 512) << changed;
            EXPECT_EQ(route_table::difference(old, next), (std::vector<module_id>{{changed, 0}}));
        }
    }
}

// Wherever modules come and go, blocks neither pile up nor grow without end.
TEST(RouteTable, StaysInOrderWhileItGrowsAndShrinks)
{
    std::mt19937 random(11);
    std::map<module_id, uint32_t> expected;
    route_table table;
    for (int round = 0; round < 2000; ++round) {
        const bool grows = round % 1000 < 600;
        std::map<module_id, uint32_t> changes;
        for (unsigned i = 0; i < 1 + random() % 40; ++i) {
            const auto modid = static_cast<int32_t>(random() % 5000);
            changes[{modid, 0}] = grows || random() % 4 == 0 ? 1 + random() % 2 : 0;
        }
        std::vector<module_route> changed;
        for (const auto &[module, ip] : changes) {
            changed.push_back({module, {}});
            expected.erase(module);
            if (ip != 0) {
                changed.back().hosts.push_back({{ip, 80}});
                expected[module] = ip;
            }
        }
        table = table.with(changed);
        ASSERT_EQ(table.size(), expected.size());
    }
    auto next = expected.begin();
    table.for_each([&](const module_id &module, const encoded_route &route) {
        ASSERT_NE(next, expected.end());
        ASSERT_EQ(module, next->first);
        ASSERT_EQ(route.hosts()[0].address.ip, next->second);
        ++next;
    });
    EXPECT_EQ(next, expected.end());
    EXPECT_LE(table.blocks(), table.size() / 32 + 1);
}

}  // namespace
}  // namespace lars
