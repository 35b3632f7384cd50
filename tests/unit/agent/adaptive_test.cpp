// The adaptive policy: who is set aside, what happens where all fail, weights, routes. The goals that it reaches in figures are tested with the simulator.
#include <random>

#include "adaptive_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::adaptive_hosts;

TEST(Adaptive, WithoutHostsThereIsNone)
{
    adaptive_hosts module;
    EXPECT_EQ(module.choose(3), "???");
    module.update("A");
    module.update("");
    EXPECT_EQ(module.choose(3), "???");
}

TEST(Adaptive, ADeadHostIsSetAsideAfterNineToElevenFailures)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        for (const char *names : {"AB", "ABC", "ABCDEFGHIJ"}) {
            adaptive_hosts module(names, seed);
            module.call(200);
            int failed = 0;
            while (!module.overloaded('A') && failed < 100)
                failed += module.call(1, "A").count('A') > 0;
            EXPECT_GE(failed, 9) << names;
            EXPECT_LE(failed, 11) << names;
            EXPECT_EQ(module.changes.at(0), "A+ it fails more than the others");
        }
    }
}

TEST(Adaptive, HowLongAFailureTookMakesNoDifference)
{
    for (uint32_t timecost : {0u, 5000u}) {
        adaptive_hosts module("AB");
        module.succeed('B', 100);
        for (int i = 0; i < 8; ++i) {
            EXPECT_FALSE(module.overloaded('A')) << i;
            module.fail('A', 1, timecost);
            module.succeed('B');
        }
        module.fail('A', 1, timecost);
        EXPECT_TRUE(module.overloaded('A'));
    }
}

TEST(Adaptive, WhereAllFailAlikeNobodyIsSetAside)
{
    adaptive_hosts module("ABCD");
    module.call(400);
    EXPECT_TRUE(module.changes.empty());
    module.call(4000, "ABCD");
    EXPECT_TRUE(module.changes.empty());
    EXPECT_EQ(module.choose(4).find('-'), std::string::npos);
}

TEST(Adaptive, OneOfManyThatAllFailAThirdIsSetAsideWhereItIsDead)
{
    adaptive_hosts module("ABCD");
    std::mt19937 random(1);
    for (int i = 0; i < 4000; ++i)
        module.call(1, random() % 3 == 0 ? "ABCD" : "A");
    EXPECT_TRUE(module.overloaded('A'));
    for (char well : {'B', 'C', 'D'})
        EXPECT_FALSE(module.overloaded(well)) << well;
}

TEST(Adaptive, AFailureWeighsTheSquareOfWhatTheBestOtherDoesBetter)
{
    adaptive_hosts module("ABC");
    for (int i = 0; i < 99; ++i) {
        module.report('B', i % 2 == 0, 1, 0);  // (49 + 1) / (99 + 1)
        module.report('C', i % 4 == 0, 1, 0);  // worse
    }
    module.succeed('B', 0);
    module.fail('A');
    EXPECT_EQ(module.figure('A', "evidence"), "0.25 of 8.00");
    EXPECT_EQ(module.figure('A', "best other host may fail"), "100.00 %")
        << "none has a success since";
    module.succeed('B');
    module.succeed('A');
    EXPECT_EQ(module.figure('A', "evidence"), "0.00 of 8.00");
}

TEST(Adaptive, AHostThatIsItselfInDoubtIsNoMeasureForOthers)
{
    adaptive_hosts module("AB");
    module.succeed('A', 100);
    module.succeed('B', 100);
    for (int i = 0; i < 6; ++i) {
        module.fail('B');
        module.succeed('A');
    }
    ASSERT_GT(module.figure('B', "evidence"), "4");
    module.succeed('B');
    module.fail('A');
    EXPECT_EQ(module.figure('A', "evidence"), "0.00 of 8.00");
}

TEST(Adaptive, AHostThatHasJustReturnedIsAMeasureOnlyWhereThereIsNoOther)
{
    for (const char *names : {"ABC", "AB"}) {
        adaptive_hosts module(names);
        module.call(1000);
        module.lose_and_regain('B');
        // B does better than C, but it is ramping.
        module.succeed('B', 90);
        for (int i = 0; i < 200; ++i)
            module.report('C', i % 2 == 0, 1, 0);
        const double best = std::stod(module.figure('A', "best other host may fail"));
        EXPECT_EQ(best > 20, module.hosts.route().size() == 3) << best;
    }
}

TEST(Adaptive, FailuresWithinErrRateAreNoReason)
{
    adaptive_hosts module("AB");
    for (int i = 0; i < 10000; ++i)
        module.call(1, i % 22 < 2 ? "A" : "");
    EXPECT_TRUE(module.changes.empty());
}

TEST(Adaptive, TheLastIdleHostNeverLeavesAndNothingIsRefused)
{
    adaptive_hosts module("AB");
    module.set_aside("A");
    module.fail('B', 1000);
    EXPECT_FALSE(module.overloaded('B'));
    EXPECT_EQ(module.choose(1000).find('-'), std::string::npos);
    adaptive_hosts alone("A");
    alone.fail('A', 1000);
    EXPECT_EQ(alone.choose(3), "AAA");
}

// A success of another host counts against it only if it is younger than the host's own
// last failure: while everything is down, nobody is the worst.
TEST(Adaptive, ABlackoutIsNoEvidence)
{
    adaptive_hosts module("ABC");
    module.call(300);
    module.call(3000, "ABC");
    module.call(300);
    EXPECT_TRUE(module.changes.empty());
}

TEST(Adaptive, WhenTheOthersCannotBearTheLoadAllAreCalled)
{
    adaptive_hosts module("ABCD");
    module.call(400);
    module.set_aside("BCD");
    EXPECT_EQ(module.figure('A', "panic"), "");
    module.call(1000, "ABCD");
    EXPECT_NE(module.figure('A', "panic"), "");
    const auto calls = module.call(400, "ABCD");
    for (char name : {'A', 'B', 'C', 'D'})
        EXPECT_EQ(calls.at(name), 100) << "no wait, no gap";
    // B, C and D are well again, and come back without a ramp.
    module.call(100, "A");
    for (char name : {'B', 'C', 'D'})
        EXPECT_FALSE(module.overloaded(name));
    module.set_aside("A");
    EXPECT_NEAR(module.call(300, "A")['B'], 100, 2);
    EXPECT_EQ(module.figure('B', "panic"), "");
}

TEST(Adaptive, FewCallsAreNoPanic)
{
    adaptive_hosts module("AB");
    module.set_aside("B");
    module.update("BC");
    module.fail('C', 9);
    EXPECT_EQ(module.figure('C', "panic"), "");
    module.fail('C', 1);
    EXPECT_NE(module.figure('C', "panic"), "");
}

TEST(Adaptive, WhereTheRouteLosesAllButOverloadedHostsTheyAreCalled)
{
    adaptive_hosts module("ABC");
    module.set_aside("AB");
    module.update("AB");
    const auto calls = module.call(100);
    EXPECT_EQ(calls.at('A') + calls.at('B'), 100);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_FALSE(module.overloaded('B'));
    module.update("");
    EXPECT_EQ(module.choose(), '?');
}

TEST(Adaptive, AHostThatLeavesAndComesBackBeginsAnew)
{
    adaptive_hosts module("AB");
    module.set_aside("A");
    module.update("B");
    module.update("AB");
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.figure('A', "evidence"), "0.00 of 8.00");
    EXPECT_EQ(module.call(100)['A'], 50) << "without a ramp";
}

TEST(Adaptive, AChangeOfTheRouteKeepsWhatIsKnownOfThoseThatStay)
{
    adaptive_hosts module("ABC");
    module.set_aside("A");
    module.fail('B');
    const std::string evidence = module.figure('B', "evidence");
    module.update("ABCD");
    EXPECT_TRUE(module.overloaded('A'));
    EXPECT_EQ(module.figure('B', "evidence"), evidence);
    EXPECT_EQ(module.call(900, "A").count('A'), 0u);
}

TEST(Adaptive, WeightsGiveExactSharesAndAlsoWhileOneIsSetAside)
{
    adaptive_hosts module;
    module.weigh({{'A', 100}, {'B', 200}, {'C', 500}});
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(module.call(8), (std::map<char, int>{{'A', 1}, {'B', 2}, {'C', 5}}));
    EXPECT_EQ(module.share('C'), 0.625);
    module.set_aside("C");
    module.now += seconds(30);
    auto calls = module.call(3000, "C");
    EXPECT_NEAR(calls['B'], 2 * calls['A'], 2);
    EXPECT_LE(calls['C'], 3);
}

TEST(Adaptive, AWeightCanChangeAtAnyTimeAndZeroDrains)
{
    adaptive_hosts module;
    module.weigh({{'A', 100}, {'B', 100}});
    module.set_aside("A");
    module.weigh({{'A', 300}, {'B', 100}});
    EXPECT_TRUE(module.overloaded('A')) << "what is known is kept";
    module.now += seconds(1);
    while (module.overloaded('A'))
        module.call(1);
    module.call(1);
    module.weigh({{'A', 200}, {'B', 100}});
    module.call(1);
    EXPECT_NEAR(module.share('A'), 0.2 / 1.2, 0.02) << "its ramp goes on";
    module.now += seconds(11);
    module.call(3);
    EXPECT_EQ(module.call(300), (std::map<char, int>{{'A', 200}, {'B', 100}}));
    module.weigh({{'A', 0}, {'B', 100}});
    EXPECT_EQ(module.call(300), (std::map<char, int>{{'B', 300}}));
    module.weigh({{'A', 0}, {'B', 0}});
    EXPECT_EQ(module.choose(), '?');
}

TEST(Adaptive, AgentsThatStartTogetherBeginAtDifferentHosts)
{
    std::map<char, int> first;
    for (uint32_t seed = 1; seed <= 3000; ++seed)
        ++first[adaptive_hosts("ABC", seed * 7919).choose()];
    for (char name : {'A', 'B', 'C'})
        EXPECT_NEAR(first[name], 1000, 105) << "four standard deviations";
}

TEST(Adaptive, ThePolicyCanBeChangedWhileItIsUsed)
{
    adaptive_hosts module("AB");
    module.set_aside("A");
    module.config.policy = balance_policy::course;
    const auto changes = module.hosts.change_policy(module.config, module.now);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].address, test::named('A'));
    EXPECT_FALSE(changes[0].overloaded);
    const auto told = module.hosts.explain(test::named('A'), module.config, module.now);
    EXPECT_EQ(told.past.back().why, health_change::other_policy);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.choose(4), "ABAB");
    EXPECT_TRUE(module.hosts.next_deadline());
    module.fail('A', 15);
    EXPECT_EQ(module.changes.back(), "A+ calls fail");
    module.config.policy = balance_policy::adaptive;
    module.hosts.change_policy(module.config, module.now);
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_FALSE(module.hosts.next_deadline());
    EXPECT_EQ(module.call(100)['A'], 50);
}

TEST(Adaptive, NextChoicesAreThoseThatComeAndChangeNothing)
{
    for (balance_policy policy : {balance_policy::adaptive, balance_policy::course}) {
        adaptive_hosts module("ABC");
        module.config.policy = policy;
        module.hosts.change_policy(module.config, module.now);
        for (int i = 0; i < 100; ++i) {
            module.fail('B', 1);
            module.succeed('A', 1);
            module.succeed('C', 1);
        }
        ASSERT_TRUE(module.overloaded('B'));
        module.now += seconds(2);
        std::string told;
        for (int i = 0; i < 5; ++i) {
            told.clear();
            for (const endpoint &next : module.hosts.next_choices(25, module.config, module.now))
                told += static_cast<char>(next.ip & 0xff);
        }
        EXPECT_NE(told.find('B'), std::string::npos) << "a probe is among them";
        EXPECT_EQ(module.choose(25), told);
    }
}

TEST(Adaptive, ExplainsWhyAHostIsAsItIs)
{
    adaptive_hosts module("AB");
    const lb_time began = module.now;
    module.call(20);
    module.set_aside("A");
    const lb_time aside = module.now;
    module.now += seconds(3);
    auto told = module.hosts.explain(test::named('A'), module.config, module.now);
    EXPECT_TRUE(told.overloaded);
    EXPECT_EQ(told.since, aside);
    ASSERT_EQ(told.past.size(), 1u);
    EXPECT_EQ(told.past[0].why, health_change::stands_out);
    EXPECT_EQ(told.account.share, 0);
    EXPECT_EQ(told.account.next_probe, aside + seconds(1));
    told = module.hosts.explain(test::named('B'), module.config, module.now);
    EXPECT_EQ(told.since, began);
    EXPECT_EQ(told.account.share, 1);
    EXPECT_TRUE(told.past.empty());
    for (int i = 0; i < 15; ++i) {
        while (module.overloaded('A')) {
            module.now += milliseconds(50);
            module.call(1);
        }
        module.set_aside("A");
    }
    told = module.hosts.explain(test::named('A'), module.config, module.now);
    ASSERT_EQ(told.past.size(), load_balance::MAX_PAST);
    EXPECT_TRUE(told.past.back().overloaded);
    EXPECT_EQ(told.past.back().when, told.since);
    EXPECT_LT(told.past.front().when, told.past.back().when);
}

// Whatever comes, in whatever order, there is a host while there is one, and what is
// told of each holds together.
TEST(Adaptive, HoldsTogetherInEveryRun)
{
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](unsigned limit) { return random() % limit; };
        adaptive_hosts module("ABC", seed);
        std::string route = "ABC";
        std::map<char, unsigned> sickness;
        for (int step = 0; step < 20000; ++step) {
            const unsigned what = below(1000);
            if (what < 900) {
                const char chosen = module.choose();
                ASSERT_EQ(chosen == '?', route.empty());
                ASSERT_TRUE(route.empty() || route.find(chosen) != std::string::npos) << chosen;
                if (chosen != '?' && below(20) > 0)
                    module.report(chosen, below(100) >= sickness[chosen], 1, below(4000));
            } else if (what < 940) {
                module.report(static_cast<char>('A' + below(6)), below(2) == 0, 1, 0);
            } else if (what < 980) {
                module.now += milliseconds(below(3) == 0 ? below(20000) : below(300));
            } else if (what < 990) {
                const unsigned levels[] = {0, 5, 30, 100};
                sickness[static_cast<char>('A' + below(6))] = levels[below(4)];
            } else {
                std::map<char, uint32_t> weights;
                route.clear();
                for (char name = 'A'; name < 'G'; ++name) {
                    const uint32_t sizes[] = {0, 0, 1, 100, 100, 4294967295u};
                    const uint32_t weight = sizes[below(6)];
                    if (below(3) > 0)
                        weights[name] = weight;
                    if (weights.count(name) > 0 && weight > 0)
                        route += name;
                }
                module.weigh(weights);
            }
            double shares = 0;
            for (char name : route)
                shares += module.share(name);
            ASSERT_NEAR(shares, route.empty() ? 0 : 1, 1e-6) << "step " << step;
        }
        ASSERT_GT(module.changes.size(), 10u) << "nothing was tested";
    }
}

}  // namespace
}  // namespace lars
