// Which modules differ, against the difference of two whole tables.
#include "route_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lars {
namespace {

using modules = std::vector<module_id>;

modules compare(const std::vector<route_row> &table, const std::vector<route_row> &rows)
{
    const route_table known(group_by_module(table));
    route_comparison comparison(known);
    for (const route_row &row : rows)
        comparison.add(row);
    return comparison.differences();
}

route_row row(int32_t modid, uint32_t ip, uint32_t weight = 100)
{
    return {{modid, 1}, {{ip, 80}, weight}};
}

TEST(RouteComparison, TheOrderOfTheRowsDoesNotMatter)
{
    EXPECT_EQ(compare({row(1, 1), row(1, 2), row(2, 1)}, {row(2, 1), row(1, 2), row(1, 1)}),
              modules());
    EXPECT_EQ(compare({}, {}), modules());
}

TEST(RouteComparison, HostsThatAreMoreOrLessOrOthersAreDifferences)
{
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 1), row(1, 2)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1), row(1, 2)}, {row(1, 1)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 2)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 1, 7)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1)}, {row(2, 1)}), (modules{{1, 1}, {2, 1}}));
    EXPECT_EQ(compare({}, {row(3, 1), row(-3, 1), row(3, 2)}), (modules{{-3, 1}, {3, 1}}));
    EXPECT_EQ(compare({row(3, 1)}, {}), (modules{{3, 1}}));
}

TEST(RouteComparison, ARowThatComesTwiceDoesNotStandForAnother)
{
    EXPECT_EQ(compare({row(1, 1), row(1, 2)}, {row(1, 1), row(1, 1)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 1), row(1, 1)}), modules());
}

TEST(RouteComparison, DrainedHostsAreInNoTable)
{
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 1), row(1, 2, 0), row(2, 1, 0)}), modules());
    EXPECT_EQ(compare({row(1, 1), row(1, 2)}, {row(1, 1), row(1, 2, 0)}), (modules{{1, 1}}));
    EXPECT_EQ(compare({row(1, 1)}, {row(1, 1), row(1, 1, 0)}), (modules{{1, 1}}));
}

TEST(RouteComparison, ModulesOfAnySizeAreComparedWhole)
{
    for (const uint32_t size : {1u, 63u, 64u, 65u, 128u, 200u}) {
        std::vector<route_row> rows;
        for (uint32_t i = 1; i <= size; ++i)
            rows.push_back(row(1, i));
        EXPECT_EQ(compare(rows, rows), modules()) << size;
        for (const size_t missing : {size_t{0}, rows.size() / 2, rows.size() - 1}) {
            std::vector<route_row> less = rows;
            less.erase(less.begin() + static_cast<std::ptrdiff_t>(missing));
            less.push_back(rows[rows.size() - 1 - missing]);
            EXPECT_EQ(compare(rows, less).empty(), missing == rows.size() - 1 - missing) << size;
            EXPECT_EQ(compare(less, rows).empty(), missing == rows.size() - 1 - missing) << size;
        }
    }
}

TEST(RouteComparison, AgreesWithTheDifferenceOfTables)
{
    std::mt19937 random(3);
    const auto some_rows = [&random](std::vector<route_row> rows) {
        for (int i = 0; i < 20; ++i) {
            const auto modid = static_cast<int32_t>(random() % 300);
            rows.push_back(row(modid, 1 + static_cast<uint32_t>(random() % 3)));
        }
        std::shuffle(rows.begin(), rows.end(), random);
        return rows;
    };
    std::vector<route_row> base;
    for (int32_t modid = 0; modid < 300; modid += 2)
        base.push_back(row(modid, 1));
    for (int round = 0; round < 300; ++round) {
        const std::vector<route_row> ours = some_rows(base);
        const std::vector<route_row> theirs = some_rows(base);
        ASSERT_EQ(compare(ours, theirs),
                  route_table::difference(route_table(group_by_module(ours)),
                                          route_table(group_by_module(theirs))));
    }
}

}  // namespace
}  // namespace lars
