// What the timer does: windows of idle hosts, time-outs of overloaded ones.
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::scripted_hosts;

TEST(Windows, TwoBadOnesInARowOverload)
{
    scripted_hosts module("A");
    module.fail('A');
    module.pass(seconds(15));
    EXPECT_FALSE(module.overloaded('A'));
    module.fail('A');
    module.pass(milliseconds(14999));
    EXPECT_FALSE(module.overloaded('A'));
    module.pass(milliseconds(1));
    EXPECT_TRUE(module.overloaded('A'));
    EXPECT_EQ(module.changes, std::vector<std::string>{"A+ two bad windows in a row"});
    EXPECT_EQ(module.info('A').verr, 5u);
}

TEST(Windows, SeventyPercentIsBadSixtyNineIsNot)
{
    for (int failures : {7, 6}) {
        scripted_hosts module("A");
        module.without_run_limits();
        for (int window = 0; window < 2; ++window) {
            module.succeed('A', 10 - failures);
            module.fail('A', failures);
            module.pass(seconds(15));
        }
        EXPECT_EQ(module.overloaded('A'), failures == 7);
    }
    scripted_hosts module("A");
    module.without_run_limits();
    module.config.init_succ_cnt = 100000;
    module.update("");
    module.update("A");
    for (int window = 0; window < 4; ++window) {
        module.succeed('A', 31);
        module.fail('A', 69);
        module.pass(seconds(15));
    }
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Windows, AGoodOneBreaksTheRow)
{
    scripted_hosts module("A");
    for (int i = 0; i < 5; ++i) {
        module.fail('A');
        module.pass(seconds(15));
        module.succeed('A');
        module.pass(seconds(15));
    }
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Windows, OneWithoutCallsBreaksTheRow)
{
    scripted_hosts module("A");
    for (int i = 0; i < 5; ++i) {
        module.fail('A');
        module.pass(seconds(30));
    }
    EXPECT_FALSE(module.overloaded('A'));
}

// Now and then a window holds an error and no success, but the next one does not.
TEST(Windows, Trap_A12_OneErrorEach16SecondsDoesNotFlap)
{
    scripted_hosts module("A");
    int bad_windows = 0;
    for (int second = 1; second <= 1600; ++second) {
        module.pass(seconds(1));
        bad_windows += module.health('A').last_window_was_bad() ? 1 : 0;
        if (second % 16 == 0)
            module.fail('A');
        else if (second % 16 == 8)
            module.succeed('A');
    }
    EXPECT_GT(bad_windows, 0) << "nothing was tested";
    EXPECT_TRUE(module.changes.empty()) << module.changes[0];
}

TEST(Windows, ADeadHostBehindLittleTrafficIsFound)
{
    scripted_hosts module("A");
    for (int i = 0; i < 3; ++i) {
        module.fail('A');
        module.pass(seconds(10));
    }
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Windows, TheRateIsThatOfRealCallsNotOfWeights)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.config.err_rate = {1, 1};
    for (int window = 0; window < 3; ++window) {
        module.succeed('A', 2);
        module.fail('A', 2, 5000);
        module.pass(seconds(15));
    }
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Windows, LongGoodHistoryIsForgottenAtTheEnd)
{
    scripted_hosts module("A");
    module.without_run_limits();
    module.succeed('A', 100000);
    module.pass(seconds(15));
    EXPECT_EQ(module.info('A').vsucc, 180u);
    EXPECT_EQ(module.info('A').rsucc, 0u);
    EXPECT_EQ(module.info('A').contin_succ, 0u);
    module.fail('A', 20);
    EXPECT_FALSE(module.overloaded('A'));
    module.fail('A');
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Windows, ABadFirstWindowResetsTheCountsToo)
{
    scripted_hosts module("A");
    module.fail('A', 14);
    module.pass(seconds(15));
    module.fail('A', 14);
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Windows, BadOnesBeforeAnOverloadDoNotCountAfterIt)
{
    scripted_hosts module("A");
    module.fail('A');
    module.pass(seconds(15));
    module.overload('A');
    module.succeed('A', 15);
    module.fail('A');
    module.pass(seconds(15));
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(Windows, EachHostHasItsOwn)
{
    scripted_hosts module("A");
    module.pass(seconds(10));
    module.update("AB");
    EXPECT_EQ(module.hosts.next_deadline(), module.now + seconds(5));
    module.pass(seconds(5));
    EXPECT_EQ(module.hosts.next_deadline(), module.now + seconds(10));
}

TEST(Windows, IdleTimeoutIsTheirLength)
{
    scripted_hosts module;
    module.config.idle_timeout = seconds(3);
    module.update("A");
    module.fail('A');
    module.pass(seconds(3));
    module.fail('A');
    module.pass(seconds(3));
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(OverloadTimeout, WithoutProbesTheHostIsIdleAgain)
{
    scripted_hosts module("AB");
    module.overload('A');
    module.pass(milliseconds(14999));
    EXPECT_TRUE(module.overloaded('A'));
    module.pass(milliseconds(1));
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.changes.back(), "A- overload time-out");
    EXPECT_EQ(module.info('A').vsucc, 180u);
    EXPECT_EQ(module.info('A').verr, 0u);
    EXPECT_EQ(module.choose(3), "BAB");
}

TEST(OverloadTimeout, Trap_A11_NoReportsAtAllStillEndIt)
{
    scripted_hosts module("A");
    module.overload('A');
    EXPECT_EQ(module.choose(10), "----------");
    module.pass(seconds(15));
    EXPECT_EQ(module.choose(), 'A');
}

TEST(OverloadTimeout, Trap_A11_AFailedProbeStartsTheTimeAgain)
{
    scripted_hosts module("A");
    module.overload('A');
    for (int round = 0; round < 4; ++round) {
        module.pass(seconds(14));
        module.fail('A');
        module.pass(seconds(1));
        EXPECT_TRUE(module.overloaded('A')) << round;
    }
    module.pass(milliseconds(14999));
    EXPECT_TRUE(module.overloaded('A'));
    module.pass(milliseconds(1));
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(OverloadTimeout, ASuccessAfterAFailedProbeDoesNotUndoTheFailure)
{
    scripted_hosts module("A");
    module.overload('A');
    module.fail('A');
    module.succeed('A');
    module.pass(seconds(15));
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(OverloadTimeout, SuccessfulProbesAloneDoNotDelayIt)
{
    scripted_hosts module("A");
    module.overload('A');
    module.succeed('A', 3);
    module.pass(seconds(15));
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(OverloadTimeout, TheFailureThatCausedTheOverloadIsNoFailedProbe)
{
    scripted_hosts module("A");
    module.overload('A');
    module.succeed('A', 15);
    module.overload('A');
    module.pass(seconds(15));
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(OverloadTimeout, ALateTimerEndsEverythingThatIsOver)
{
    scripted_hosts module("ABC");
    module.overload('A');
    module.fail('B');
    module.now += seconds(3600);
    std::vector<std::string> ended;
    for (const host_change &change : module.hosts.check_deadlines(module.config, module.now))
        ended.push_back(reason_of(change.why));
    EXPECT_EQ(ended, std::vector<std::string>{"overload time-out"});
    EXPECT_EQ(module.hosts.next_deadline(), module.now + seconds(15));
}

}  // namespace
}  // namespace lars
