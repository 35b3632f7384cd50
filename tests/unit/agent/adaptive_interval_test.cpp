// The adaptive policy, where clients choose from the table: what an interval means.
#include "interval_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::interval_hosts;

TEST(AdaptiveInterval, ADeadHostIsSetAsideWithinAsManyFailuresAsByReports)
{
    interval_hosts module("ABC");
    module.fail_among_well('A', "BC", 8);
    EXPECT_FALSE(module.overloaded('A'));
    module.fail_among_well('A', "BC", 6);
    EXPECT_TRUE(module.overloaded('A'));
    EXPECT_EQ(module.changes, std::vector<std::string>{"A+ it fails more than the others"});
}

TEST(AdaptiveInterval, FailuresCountWhenAnotherHostSucceedsLater)
{
    interval_hosts module("ABC");
    module.add('B', 100, 0);
    module.add('C', 100, 0);
    module.end();
    module.add('A', 0, 20);
    module.add('B', 20, 0);
    module.end();
    EXPECT_EQ(module.figure('A', "evidence"), "0.00 of 8.00");
    module.add('A', 1, 0);
    module.end();
    EXPECT_FALSE(module.overloaded('A')) << "its own success is no other's";
    module.add('A', 0, 20);
    module.add('B', 20, 0);
    module.end();
    module.add('C', 1, 0);
    module.end();
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(AdaptiveInterval, OfATimeInWhichAllFailTwoFailuresAreKept)
{
    interval_hosts module("ABC");
    for (char name : {'A', 'B', 'C'})
        module.add(name, 50, 0);
    module.end();
    for (int i = 0; i < 5; ++i) {
        for (char name : {'A', 'B', 'C'})
            module.add(name, 0, 3);
        module.end();
    }
    for (int i = 0; i < 2; ++i) {
        for (char name : {'A', 'B', 'C'})
            module.add(name, 1, 0);
        module.end();
    }
    EXPECT_TRUE(module.changes.empty());
    for (char name : {'A', 'B', 'C'})
        EXPECT_LE(std::stod(module.figure(name, "evidence")), 2);
}

TEST(AdaptiveInterval, WhereAllFailInOneIntervalAlikeNobodyIsToBlame)
{
    interval_hosts module("ABC");
    for (char name : {'A', 'B', 'C'})
        module.add(name, 199, 0);
    module.end();
    module.add('A', 8, 12);
    module.add('B', 8, 6);
    module.add('C', 8, 6);
    module.end();
    for (char name : {'A', 'B', 'C'})
        module.add(name, 1, 0);
    module.end();
    EXPECT_EQ(module.figure('A', "evidence"), "0.00 of 8.00");
}

TEST(AdaptiveInterval, OneOfFiveFailsAndTheOthersDoNot)
{
    interval_hosts module("AB");
    for (int i = 0; i < 200 && !module.overloaded('A'); ++i) {
        module.add('A', 4, 1);
        module.add('B', 5, 0);
        module.end();
    }
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(AdaptiveInterval, ASuccessCountsAtOnce)
{
    interval_hosts module("AB");
    module.fail_among_well('A', "B", 6);
    module.add('B', 1, 0);
    module.end();
    const double before = std::stod(module.figure('A', "evidence"));
    module.add('A', 10, 0);
    module.end();
    EXPECT_LT(std::stod(module.figure('A', "evidence")), before - 1);
}

TEST(AdaptiveInterval, TheLastIdleHostStays)
{
    interval_hosts module("AB");
    for (int i = 0; i < 100; ++i) {
        module.add('A', 0, 5);
        module.add('B', i % 2, 5);
        module.end();
    }
    EXPECT_FALSE(module.overloaded('A') && module.overloaded('B'));
}

TEST(AdaptiveInterval, LateCallsAndThoseOfAnotherStateAreStatisticsAlone)
{
    interval_hosts module("AB");
    host_interval late;
    late.late_failures = 100;
    late.probe_failures = 100;
    for (int i = 0; i < 3; ++i) {
        module.add('A', late);
        module.add('B', 10, 0);
        module.end();
    }
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.figure('A', "recent calls"), "0");
    EXPECT_EQ(module.sums(), "A 0 600, B 30 0");
}

TEST(AdaptiveInterval, ProbesAreHandedOutByTheChoicesOfAllClients)
{
    interval_hosts module("AB");
    module.fail_among_well('A', "B", 20);
    ASSERT_TRUE(module.overloaded('A'));
    module.add('B', 100, 0);
    module.end();
    EXPECT_EQ(module.probe(), '-') << "it waits";
    module.now += seconds(1);
    module.add('B', 1, 0);
    module.end();
    EXPECT_EQ(module.probe(), 'A');
    EXPECT_EQ(module.probe(), '-') << "one is enough";
    module.now += seconds(60);
    for (int i = 0; i < 3; ++i) {
        module.add('B', 9, 0);
        module.end();
    }
    // Some of the gap of 20 choices may have been counted with the probe before.
    EXPECT_EQ(module.probe(), 'A');
    EXPECT_EQ(module.probe(), '-');
}

TEST(AdaptiveInterval, EightSuccessfulProbesBringItBackAndNoMoreCountThanWereHandedOut)
{
    interval_hosts module("AB");
    module.add('B', 150, 0);
    module.end();
    module.fail_among_well('A', "B", 20);
    ASSERT_TRUE(module.overloaded('A'));
    module.add('A', 1000, 0);
    module.end();
    EXPECT_TRUE(module.overloaded('A')) << "there was no probe";
    module.now += seconds(1);
    int probes = 0;
    for (int i = 0; i < 100 && module.overloaded('A'); ++i) {
        module.add('B', 11, 0);
        if (module.probe() == 'A') {
            ++probes;
            module.add('A', 5, 0, 1);
        }
        module.end();
    }
    EXPECT_EQ(probes, 8);
    EXPECT_EQ(module.changes.back(), "A- probes succeed");
}

TEST(AdaptiveInterval, InPanicAllAreShownAsChosenAndComeBackByTheirCalls)
{
    interval_hosts module("AB");
    module.add('B', 20, 0);
    module.end();
    module.fail_among_well('A', "B", 20);
    ASSERT_TRUE(module.overloaded('A'));
    EXPECT_FALSE(module.shown('A').chosen);
    for (int i = 0; i < 40; ++i) {
        module.add('B', 0, 10);
        module.end();
    }
    EXPECT_TRUE(module.shown('A').chosen);
    EXPECT_EQ(module.shown('A').share, 100);
    EXPECT_TRUE(module.shown('A').overloaded);
    EXPECT_EQ(module.probe(), '-');
    for (int i = 0; i < 10 && module.overloaded('A'); ++i) {
        module.add('A', 5, 0);
        module.end();
    }
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.shown('A').share, 100) << "without a ramp";
}

TEST(AdaptiveInterval, TheVersionMovesWithStatesSharesWeightsAndHostsAlone)
{
    interval_hosts module("AB");
    uint64_t known = module.hosts.table_version();
    const auto moved = [&] {
        const uint64_t before = std::exchange(known, module.hosts.table_version());
        return before < known;
    };
    module.fail_among_well('B', "A", 2);
    EXPECT_FALSE(moved()) << "calls alone";
    module.update("AB");
    EXPECT_FALSE(moved()) << "the same route";
    module.update("ABC");
    EXPECT_TRUE(moved());
    module.weigh({{'A', 100}, {'B', 300}, {'C', 100}});
    EXPECT_TRUE(moved());
    EXPECT_EQ(module.shown('B').share, 300);
    module.fail_among_well('B', "AC", 20);
    EXPECT_TRUE(module.overloaded('B'));
    EXPECT_TRUE(moved());
    module.now += seconds(1);
    for (int i = 0; i < 200 && module.overloaded('B'); ++i) {
        module.add('A', 20, 0);
        if (module.probe() == 'B')
            module.add('B', 1, 0, 1);
        module.end();
    }
    EXPECT_TRUE(moved()) << "it is back";
    EXPECT_NEAR(module.shown('B').share, 30, 5);
    module.now += seconds(5);
    module.add('A', 1, 0);
    module.end();
    EXPECT_TRUE(moved()) << "a step of the ramp";
    EXPECT_NEAR(module.shown('B').share, 165, 10);
    module.config.policy = balance_policy::course;
    module.hosts.change_policy(module.config, module.now);
    EXPECT_TRUE(moved());
}

TEST(AdaptiveInterval, AHostThatLeavesTakesItsIntervalWithIt)
{
    interval_hosts module("AB");
    module.add('A', 0, 100);
    module.update("BC");
    module.add('B', 10, 0);
    module.end();
    module.add('B', 10, 0);
    module.end();
    EXPECT_TRUE(module.changes.empty());
    EXPECT_EQ(module.sums(), "A 0 100, B 20 0, C 0 0");
    module.add('Z', 1, 1);
    module.end();
    EXPECT_EQ(module.sums(), "") << "not in the route";
}

}  // namespace
}  // namespace lars
