// What reports do to the counts, and when the counts change a host's state.
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::scripted_hosts;

int failures_until_overload(int successes_before)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.succeed('A', successes_before);
    int failures = 0;
    for (; failures < 10000 && !module.overloaded('A'); ++failures)
        module.fail('A');
    return failures;
}

TEST(Counting, FailuresNeededAfterSuccesses)
{
    const std::pair<int, int> expected[] = {{0, 21},  {1, 21},   {10, 22},  {20, 23},
                                            {90, 31}, {200, 43}, {500, 76}, {1000, 132}};
    for (const auto &[successes, failures] : expected)
        EXPECT_EQ(failures_until_overload(successes), failures) << "after " << successes;
}

int successes_until_idle(ratio succ_rate)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.config.succ_rate = succ_rate;
    module.overload('A');
    int successes = 0;
    for (; successes < 10000 && module.overloaded('A'); ++successes)
        module.succeed('A');
    return successes;
}

TEST(Counting, SuccessesNeededToRecover)
{
    EXPECT_EQ(successes_until_idle({95, 100}), 96);
    EXPECT_EQ(successes_until_idle({92, 100}), 58);
    EXPECT_EQ(successes_until_idle({5, 10}), 6);
}

TEST(Counting, FifteenFailuresInARowAreEnough)
{
    scripted_hosts module("A");
    module.succeed('A', 1000);
    module.fail('A', 14);
    EXPECT_FALSE(module.overloaded('A'));
    module.fail('A');
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Counting, ASuccessBreaksTheRowOfFailures)
{
    scripted_hosts module("A");
    module.succeed('A', 1000);
    for (int i = 0; i < 6; ++i) {
        module.fail('A', 14);
        module.succeed('A');
        EXPECT_FALSE(module.overloaded('A'));
    }
}

TEST(Counting, FifteenSuccessesInARowAreEnough)
{
    scripted_hosts module("A");
    module.overload('A');
    module.succeed('A', 14);
    EXPECT_TRUE(module.overloaded('A'));
    module.fail('A');
    module.succeed('A', 14);
    EXPECT_TRUE(module.overloaded('A'));
    module.succeed('A');
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Counting, ASlowFailureCountsForEach100Milliseconds)
{
    const std::pair<uint32_t, uint64_t> expected[] = {
        {0, 1},   {1, 1},     {99, 1},    {100, 1},   {199, 1},   {200, 2},
        {999, 9}, {1000, 10}, {4999, 49}, {5000, 50}, {5100, 50}, {UINT32_MAX, 50}};
    for (const auto &[timecost, weight] : expected) {
        scripted_hosts module("A");
        module.without_run_limits();
        module.succeed('A', 5000);
        module.fail('A', 1, timecost);
        EXPECT_EQ(module.info('A').verr, weight) << timecost << " ms";
        EXPECT_EQ(module.info('A').contin_err, 1u) << "a run counts calls";
        EXPECT_EQ(module.info('A').rerr, 1u) << "people see one call";
        EXPECT_EQ(module.sums(), "A 5000 1");
    }
}

TEST(Counting, ThreeCallsThatHungForASecondOverloadAHost)
{
    scripted_hosts module("A");
    module.fail('A', 2, 1000);
    EXPECT_FALSE(module.overloaded('A')) << "20 of 200 are not more than a tenth";
    module.fail('A', 1, 1000);
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Counting, OneSlowFailureIsNotARunOfFailures)
{
    scripted_hosts module("A");
    module.fail('A', 1, 1500);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.info('A').verr, 15u);
    EXPECT_EQ(module.info('A').contin_err, 1u);
}

TEST(Counting, ARunOfSlowFailuresIsFifteenCallsLong)
{
    scripted_hosts module("A");
    module.config.err_rate = {1, 1};  // never exceeded
    module.fail('A', 14, 1500);
    EXPECT_FALSE(module.overloaded('A'));
    module.fail('A', 1, 1500);
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Counting, ASlowSuccessCountsOnce)
{
    scripted_hosts module("A");
    module.report('A', true, 1, 60000);
    EXPECT_EQ(module.info('A').vsucc, 181u);
    EXPECT_EQ(module.info('A').rsucc, 1u);
    EXPECT_EQ(module.info('A').contin_succ, 1u);
}

TEST(Counting, EachCallCountsWhereItShould)
{
    scripted_hosts module("A");
    module.succeed('A', 3);
    module.fail('A', 2);
    const host_health::counts &a = module.info('A');
    EXPECT_EQ(a.vsucc, 183u);
    EXPECT_EQ(a.verr, 2u);
    EXPECT_EQ(a.rsucc, 3u);
    EXPECT_EQ(a.rerr, 2u);
    EXPECT_EQ(a.contin_err, 2u);
    EXPECT_EQ(a.contin_succ, 0u);
    module.succeed('A');
    EXPECT_EQ(a.contin_err, 0u);
    EXPECT_EQ(a.contin_succ, 1u);
}

TEST(Counting, EnteringAStateSetsTheCountsAnew)
{
    scripted_hosts module("A");
    module.succeed('A', 7);
    module.overload('A');
    const host_health::counts &a = module.info('A');
    EXPECT_EQ(a.verr, 5u);
    EXPECT_EQ(a.vsucc + a.rsucc + a.rerr + a.contin_succ + a.contin_err, 0u);
    module.succeed('A', 15);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(a.vsucc, 180u);
    EXPECT_EQ(a.verr + a.rsucc + a.rerr + a.contin_succ + a.contin_err, 0u);
}

TEST(Counting, Trap_A6_TheFirstFailureOfANewHostIsOnlyCounted)
{
    scripted_hosts module("A");
    module.fail('A');
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.info('A').verr, 1u);
    EXPECT_EQ(module.choose(2), "AA");
}

// An idle host is judged when a call fails, an overloaded one when it succeeds:
// counts that ask for the other state do nothing in between.
TEST(Counting, ASuccessNeverOverloads)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.fail('A', 20);
    module.config.err_rate = {1, 100};
    module.succeed('A', 5);
    EXPECT_FALSE(module.overloaded('A'));
    module.fail('A');
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Counting, AFailureNeverRestores)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.overload('A');
    module.succeed('A', 50);
    module.config.succ_rate = {1, 100};
    module.config.contin_succ_limit = 1;
    module.fail('A', 5);
    EXPECT_TRUE(module.overloaded('A'));
    module.succeed('A');
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Counting, ReportsOfUnknownHostsAreIgnored)
{
    scripted_hosts module("A");
    module.fail('B', 100);
    module.succeed('B', 100);
    EXPECT_TRUE(module.changes.empty());
    EXPECT_EQ(module.sums(), "");
    EXPECT_EQ(module.choose(2), "AA");
}

TEST(Counting, EachChangeIsToldOnceWithItsReason)
{
    scripted_hosts module("A");
    module.fail('A', 15);
    module.fail('A', 15);
    module.succeed('A', 15);
    EXPECT_EQ(module.changes, (std::vector<std::string>{"A+ calls fail", "A- probes succeed"}));
}

}  // namespace
}  // namespace lars
