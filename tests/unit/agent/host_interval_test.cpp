// What several clients did in one interval, taken together.
#include "host_interval.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

host_interval idle_calls(uint64_t successes, uint64_t failures, int64_t run)
{
    host_interval i;
    i.successes = successes;
    i.failures = i.failure_weight = failures;
    i.run = run;
    return i;
}

int64_t run_of(std::initializer_list<host_interval> clients)
{
    host_interval all;
    for (const host_interval &one : clients)
        all.add(one);
    return all.run;
}

TEST(HostInterval, SumsUpWhatClientsDid)
{
    host_interval one{10, 1, 2, 3, 4, 5, 6, 7, 8, 2}, all = one;
    all.add(one);
    EXPECT_EQ(all.choices, 20u);
    EXPECT_EQ(all.probes, 2u);
    EXPECT_EQ(all.plain_choices(), 18u);
    EXPECT_EQ(all.all_successes(), 24u);
    EXPECT_EQ(all.all_failures(), 30u);
    EXPECT_EQ(all.failure_weight, 16u);
    EXPECT_TRUE(all.any());
    EXPECT_FALSE(host_interval().any());
}

TEST(HostInterval, ARunGoesOnWithAClientWhoseCallsAllHadItsOutcome)
{
    EXPECT_EQ(run_of({idle_calls(0, 3, -3), idle_calls(0, 4, -4)}), -7);
    EXPECT_EQ(run_of({idle_calls(1, 3, -3), idle_calls(0, 4, -4)}), -7);
    EXPECT_EQ(run_of({idle_calls(0, 3, -3), idle_calls(1, 4, -4)}), -4);
    EXPECT_EQ(run_of({idle_calls(0, 3, -3), idle_calls(2, 0, 2)}), 2);
    EXPECT_EQ(run_of({idle_calls(0, 3, -3), {}}), -3);
}

TEST(HostInterval, ARunThatBeganEarlierCountsFromTheIntervalOn)
{
    EXPECT_EQ(run_of({idle_calls(3, 0, 1000)}), 3);
    EXPECT_EQ(idle_calls(3, 0, 1000).of_state(false).run, 3);
}

TEST(HostInterval, ARunThatCannotBeIsCutToWhatCan)
{
    EXPECT_EQ(run_of({idle_calls(0, 3, 1000)}), -3);
    EXPECT_EQ(run_of({idle_calls(2, 3, -2000000000)}), -3);
    EXPECT_EQ(run_of({idle_calls(0, 0, 7)}), 0);
}

TEST(HostInterval, OnlyCallsReportedInTheStateOfNowSayAnythingAboutIt)
{
    const host_interval both{10, 1, 2, 3, 4, 1, 6, 7, 40, -1};
    const auto idle = both.of_state(false), aside = both.of_state(true);
    EXPECT_EQ(idle.successes, 2u);
    EXPECT_EQ(idle.failures, 3u);
    EXPECT_EQ(idle.failure_weight, 30u);
    EXPECT_EQ(aside.successes, 4u);
    EXPECT_EQ(aside.failures, 1u);
    EXPECT_EQ(aside.failure_weight, 10u);
}

TEST(HostInterval, AFailureWeighsFromOneToFifty)
{
    host_interval liar = idle_calls(0, 2, -2);
    liar.failure_weight = 0;
    EXPECT_EQ(liar.of_state(false).failure_weight, 2u);
    liar.failure_weight = UINT64_MAX / 2;
    EXPECT_EQ(liar.of_state(false).failure_weight, 100u);
}

}  // namespace
}  // namespace lars
