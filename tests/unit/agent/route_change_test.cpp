// A route that changes, and the sums that go upstream whatever happens.
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::seconds;
using test::named;
using test::scripted_hosts;

TEST(RouteChange, HostsThatStayKeepCountsStateAndDeadline)
{
    scripted_hosts module("ABC");
    module.overload('B');
    module.succeed('A', 5);
    module.fail('A', 3);
    module.pass(seconds(7));
    const auto deadline = module.health('A').deadline();
    module.update("DBA");
    EXPECT_TRUE(module.overloaded('B'));
    EXPECT_EQ(module.info('A').vsucc, 185u);
    EXPECT_EQ(module.info('A').verr, 3u);
    EXPECT_EQ(module.info('A').rerr, 3u);
    EXPECT_EQ(module.info('A').contin_err, 3u);
    EXPECT_EQ(module.health('A').deadline(), deadline);
}

TEST(RouteChange, NewHostsStartIdleWithTheirCredit)
{
    scripted_hosts module("A");
    module.pass(seconds(7));
    module.update("AB");
    EXPECT_FALSE(module.overloaded('B'));
    EXPECT_EQ(module.info('B').vsucc, 180u);
    EXPECT_EQ(module.info('B').verr, 0u);
    EXPECT_EQ(module.health('B').deadline(), module.now + seconds(15));
}

TEST(RouteChange, ABadWindowSurvivesAnUpdate)
{
    scripted_hosts module("A");
    module.fail('A');
    module.pass(seconds(15));
    module.update("AB");
    module.fail('A');
    module.pass(seconds(15));
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(RouteChange, MissingHostsAreForgottenEntirely)
{
    scripted_hosts module("AB");
    module.overload('A');
    module.update("B");
    EXPECT_FALSE(module.hosts.slot_of(named('A')));
    EXPECT_EQ(module.choose(22), std::string(22, 'B'));
    module.update("AB");
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.info('A').vsucc, 180u);
    EXPECT_EQ(module.info('A').verr, 0u);
}

TEST(RouteChange, Trap_A4_AwayAndBackAgain)
{
    scripted_hosts module;
    for (int i = 0; i < 50; ++i) {
        for (const char *route : {"A", "B", "", "AB"}) {
            module.update(route);
            std::string seen;
            for (const route_host &host : module.hosts.route())
                seen += static_cast<char>(host.address.ip & 0xff);
            EXPECT_EQ(seen, route);
            module.choose(3);
            module.fail('A', 8, 1000);
            module.succeed('B');
            module.pass(seconds(2));
        }
    }
}

TEST(RouteChange, WithoutHostsThereIsNoDeadline)
{
    scripted_hosts module("A");
    EXPECT_TRUE(module.hosts.next_deadline().has_value());
    module.update("");
    EXPECT_FALSE(module.hosts.next_deadline().has_value());
    EXPECT_TRUE(module.hosts.empty());
}

TEST(Sums, AreThoseSinceTheLastTime)
{
    scripted_hosts module("AB");
    EXPECT_EQ(module.sums(), "") << "without calls there is nothing to send";
    module.succeed('A', 3);
    module.fail('A', 2);
    EXPECT_EQ(module.sums(), "A 3 2, B 0 0");
    EXPECT_EQ(module.sums(), "");
    module.fail('B');
    EXPECT_EQ(module.sums(), "A 0 0, B 0 1");
}

TEST(Sums, Trap_A10_NothingIsLostByWindowsOrChangesOfState)
{
    scripted_hosts module("A");
    int succeeded = 0;
    int failed = 0;
    for (int i = 0; i < 40; ++i) {
        module.succeed('A', i);
        succeeded += i;
        module.fail('A', 3, static_cast<uint32_t>(i) * 100);
        failed += 3;
        module.pass(seconds(7));
    }
    EXPECT_GT(module.changes.size(), 4u);
    const bool now = module.overloaded('A');
    EXPECT_EQ(module.sums(), std::string(now ? "A! " : "A ") + std::to_string(succeeded) + " " +
                                 std::to_string(failed));
}

TEST(Sums, OverloadIsTheStateNow)
{
    scripted_hosts module("AB");
    module.fail('A', 15);
    EXPECT_EQ(module.sums(), "A! 0 15, B 0 0");
}

TEST(Sums, Trap_A10_AHostThatLeavesIsStillReported)
{
    scripted_hosts module("AB");
    module.fail('A', 15);
    module.succeed('B', 2);
    module.update("B");
    EXPECT_EQ(module.sums(), "A! 0 15, B 2 0");
    EXPECT_EQ(module.sums(), "");
}

TEST(Sums, AHostThatComesBackGoesOnAddingUp)
{
    scripted_hosts module("AB");
    for (int i = 0; i < 3; ++i) {
        module.succeed('A', 4);
        module.fail('A');
        module.update("B");
        module.update("AB");
    }
    EXPECT_EQ(module.sums(), "A 12 3, B 0 0");
}

TEST(Sums, AHostThatLeavesWithoutCallsIsNotReported)
{
    scripted_hosts module("AB");
    module.succeed('B');
    module.update("B");
    EXPECT_EQ(module.sums(), "B 1 0");
}

TEST(Sums, StopAtTheirEndRatherThanBeginAnew)
{
    host_calls calls;
    calls.succ = UINT32_MAX - 1;
    calls.err = UINT32_MAX;
    for (int i = 0; i < 3; ++i) {
        calls.add(true);
        calls.add(false);
    }
    EXPECT_EQ(calls.succ, UINT32_MAX);
    EXPECT_EQ(calls.err, UINT32_MAX);
}

// While the reporter is away, hosts may come and go for days.
TEST(Sums, HostsThatLeftAreNotRememberedWithoutLimit)
{
    scripted_hosts module;
    for (uint32_t i = 0; i < 50000; ++i) {
        const endpoint passing{0x0b000000 + i, 80};
        module.hosts.update({{passing}}, module.config, module.now);
        module.hosts.report(passing, true, 0, module.config, module.now);
    }
    EXPECT_LE(module.hosts.take_calls().size(), 10001u);
}

}  // namespace
}  // namespace lars
