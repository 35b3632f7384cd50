// The adaptive policy: probes, the way back, and the slow start.
#include "adaptive_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::adaptive_hosts;

TEST(Adaptive, AProbeComesWhenTheWaitIsOverAndChoicesHaveGoneBy)
{
    adaptive_hosts module("AB");
    module.set_aside("A");
    EXPECT_EQ(module.call(900, "A").count('A'), 0u) << "less than a second";
    EXPECT_EQ(module.call(200, "A")['A'], 1);
    EXPECT_EQ(module.call(1800, "A").count('A'), 0u) << "two seconds after it";
    while (module.call(1, "A").count('A') == 0)
        ;
    module.now += seconds(60);
    EXPECT_EQ(module.call(40, "A").count('A'), 0u);
    EXPECT_EQ(module.call(1, "A")['A'], 1) << "after 10, 20 and 40 choices";
}

TEST(Adaptive, EightSuccessfulProbesBringItBack)
{
    adaptive_hosts module("AB");
    module.call(1000);
    module.set_aside("A");
    module.now += seconds(1);
    int probes = 0;
    for (int i = 0; i < 1000 && module.overloaded('A'); ++i)
        probes += module.call(1).count('A') > 0;
    EXPECT_EQ(probes, 8);
    EXPECT_EQ(module.changes.back(), "A- probes succeed");
}

TEST(Adaptive, TimeAloneBringsNobodyBack)
{
    adaptive_hosts module("AB");
    module.set_aside("A");
    EXPECT_FALSE(module.hosts.next_deadline());
    module.pass(seconds(100000));
    EXPECT_TRUE(module.hosts.check_deadlines(module.config, module.now).empty());
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Adaptive, AReturnedHostHasATenthOfItsShareAndAllOfItAfterTenSeconds)
{
    adaptive_hosts module("AB");
    module.call(1000);
    module.lose_and_regain('A');
    const lb_time returned = module.now;
    EXPECT_NEAR(module.share('A'), 0.1 / 1.1, 0.01);
    const int first = module.call(1000)['A'];
    EXPECT_GT(first, 80);
    EXPECT_LT(first, 160);
    module.now = returned + seconds(5);
    EXPECT_NEAR(module.call(1000)['A'], 370, 30) << "60 of 160";
    module.now = returned + seconds(11);
    module.call(2);
    EXPECT_EQ(module.call(1000)['A'], 500);
}

TEST(Adaptive, AReturnedHostIsCalledHoweverManyThereAre)
{
    std::string names;
    for (char name = 'A'; name < 'A' + 50; ++name)
        names += name;
    adaptive_hosts module(names);
    module.call(5000);
    module.lose_and_regain('A');
    EXPECT_GT(module.call(5000)['A'], 10);
}

// What is left of the evidence makes a second fault short.
TEST(Adaptive, AReturnedHostIsOnProbation)
{
    adaptive_hosts module("AB");
    module.call(1000);
    module.lose_and_regain('A');
    int failures = 0;
    for (int i = 0; i < 1000 && !module.overloaded('A'); ++i)
        failures += module.call(1, "A").count('A') > 0;
    EXPECT_LE(failures, 5);
}

TEST(Adaptive, WaitsBeginAnewOnlyAfterAReturnThatLasted)
{
    for (const auto &[lasts, wait] : {std::pair{seconds(1), 5000}, {seconds(11), 1000}}) {
        adaptive_hosts module("AB");
        module.call(1000);
        module.set_aside("A");
        // Three failed probes: the wait has grown to five seconds.
        for (int probes = 0; probes < 3; module.now += milliseconds(10))
            probes += module.call(1, "A").count('A') > 0;
        while (module.overloaded('A'))
            module.call(1);
        module.now += lasts;
        module.call(10);
        module.set_aside("A");
        const lb_time aside = module.now;
        while (module.call(1, "A").count('A') == 0)
            module.now += milliseconds(10);
        const auto waited = std::chrono::duration_cast<milliseconds>(module.now - aside);
        EXPECT_NEAR(static_cast<double>(waited.count()), wait, 300);
    }
}

TEST(Adaptive, LateReportsAreNoResultOfAProbe)
{
    adaptive_hosts module("AB");
    module.call(1000);
    module.set_aside("A");
    module.fail('A', 50);
    module.succeed('A', 50);
    EXPECT_TRUE(module.overloaded('A')) << "there was no probe";
    module.now += seconds(1);
    while (module.choose() != 'A')
        ;
    // The probe is under way; a call from before the host was set aside ends first.
    const std::string evidence = module.figure('A', "evidence");
    module.succeed('A', 0);
    module.report('A', true, 1, 2500);
    EXPECT_EQ(module.figure('A', "evidence"), evidence);
    module.report('A', true, 1, 2);
    EXPECT_NE(module.figure('A', "evidence"), evidence);
}

TEST(Adaptive, LateReportsAreNoEvidenceAgainstAReturn)
{
    adaptive_hosts module("AB");
    module.call(1000);
    module.lose_and_regain('A');
    module.report('A', false, 100, 3000);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.hosts.take_calls().at(0).err, 109u) << "but they are calls";
    // An hour in another unit than milliseconds is no reason to ignore a report.
    for (int i = 0; i < 20; ++i) {
        module.report('A', false, 1, 3600000);
        module.succeed('B');
    }
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(Adaptive, AnotherLimitCountsForHostsThatAreSetAsideToo)
{
    adaptive_hosts module("AB");
    module.config.evidence_limit = 800;
    module.set_aside("A");
    module.config.evidence_limit = 8;
    module.now += seconds(1);
    int probes = 0;
    for (int i = 0; i < 1000 && module.overloaded('A'); ++i)
        probes += module.call(1).count('A') > 0;
    EXPECT_EQ(probes, 8);
}

TEST(Adaptive, AShorterSlowStartCountsForHostsThatAreInTheirs)
{
    adaptive_hosts module("AB");
    module.config.slow_start = std::chrono::hours(24);
    module.call(1000);
    module.lose_and_regain('A');
    module.call(10);
    module.config.slow_start = seconds(10);
    module.now += seconds(11);
    module.call(2);
    EXPECT_EQ(module.share('A'), 0.5);
}

}  // namespace
}  // namespace lars
