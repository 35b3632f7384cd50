// Scenarios whose outcome can be told without playing them.
#include "simulation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "paths.h"
#include "scripted_host.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

// So many hosts that are well.
scenario well(size_t hosts, double calls, seconds lasts)
{
    scenario made;
    made.hosts.resize(hosts);
    made.calls = calls;
    made.duration = lasts;
    return made;
}

scenario::event from(scenario::time at, size_t host, double fails)
{
    return {at, host, host, fails, scenario::USUAL_TIME};
}

scenario shipped(const std::string &name)
{
    scenario read;
    const status s =
        read_scenario(source_path("lars_loadbalance_agent/scenarios/" + name + ".scenario"), &read);
    EXPECT_TRUE(s) << s.message();
    return read;
}

double in_seconds(scenario::time time)
{
    return duration<double>(time).count();
}

simulation_result play(const scenario &played, player who, uint32_t seed = 1)
{
    return simulate(played, who, {}, seed);
}

TEST(Simulation, RoundRobinFailsWhatTheDeadHostHas)
{
    for (size_t hosts : {2, 4, 10, 50}) {
        scenario played = well(hosts, 1000, seconds(10));
        played.events = {from(seconds(0), hosts - 1, 1)};
        const simulation_result r = play(played, player::round_robin);
        EXPECT_EQ(r.calls, 10000u);
        EXPECT_EQ(r.failed, 10000 / hosts);
        EXPECT_EQ(r.failed_of[hosts - 1], r.failed);
        EXPECT_EQ(r.refused, 0u);
        EXPECT_DOUBLE_EQ(r.bad(), 1.0 / static_cast<double>(hosts));
        EXPECT_EQ(r.set_aside, 0);
        EXPECT_TRUE(r.changes.empty());
        EXPECT_LT(r.share_off, 0.001);
    }
}

TEST(Simulation, RoundRobinTakesTurnsByWeight)
{
    scenario played = well(3, 800, seconds(10));
    played.hosts[1].weight = 200;
    played.hosts[2].weight = 500;
    for (player who : {player::round_robin, player::adaptive}) {
        const simulation_result r = play(played, who);
        EXPECT_EQ(r.calls_of, (std::vector<uint64_t>{1000, 2000, 5000})) << name_of(who);
    }
    // The course knows no weights.
    EXPECT_NEAR(static_cast<double>(play(played, player::course).calls_of[2]), 8000.0 / 3, 1);
}

TEST(Simulation, ADrainedHostHasNoCalls)
{
    scenario played = well(3, 1000, seconds(10));
    played.hosts[1].weight = 0;
    played.events = {from(seconds(2), 1, 1), from(seconds(4), 1, 0)};
    for (player who : {player::adaptive, player::course, player::round_robin}) {
        const simulation_result r = play(played, who);
        EXPECT_EQ(r.calls_of, (std::vector<uint64_t>{5000, 0, 5000})) << name_of(who);
        EXPECT_EQ(r.failed + r.refused, 0u);
        EXPECT_EQ(r.share_off, 0);
        EXPECT_EQ(r.returns, 0u);
    }
}

TEST(Simulation, ADrainedHostIsNoPartOfHostTime)
{
    scenario played = well(10, 1000, seconds(60));
    for (size_t i = 2; i < 10; ++i)
        played.hosts[i].weight = 0;
    played.events = {from(seconds(0), 0, 1)};
    EXPECT_NEAR(play(played, player::adaptive).set_aside, 0.5, 0.01);
}

TEST(Simulation, AHostFailsWhatIsMoreThanItBears)
{
    scenario played = well(1, 1000, seconds(10));
    played.hosts[0].bears = 100;
    const simulation_result r = play(played, player::round_robin);
    // 100 each second, and what it puts off once: those of a tenth of a second.
    EXPECT_NEAR(static_cast<double>(r.calls - r.failed), 10 * 100 + 10, 3);
    played.hosts[0].bears = 1100;
    EXPECT_EQ(play(played, player::round_robin).failed, 0u);
}

// How many of so many calls at equal distances go well.
int calls_that_go_well(scripted_host &host, scenario::time from, scenario::time distance, int calls)
{
    int went_well = 0;
    for (int i = 0; i < calls; ++i)
        went_well += host.call(from + i * distance, 0.5);
    return went_well;
}

TEST(ScriptedHost, IsColdOnlyAfterItWasDeadAndWarmsUpAtWork)
{
    scenario::host what;
    what.bears = 100;
    what.cold_part = 0.1;
    what.warm_after = seconds(10);
    scripted_host host(what);
    EXPECT_NEAR(calls_that_go_well(host, seconds(1), milliseconds(1), 1000), 110, 2);
    host.behave(1, scenario::USUAL_TIME);
    EXPECT_EQ(calls_that_go_well(host, seconds(2), milliseconds(1), 1000), 0);
    host.behave(0, scenario::USUAL_TIME);
    // 10 a second at first, growing by 9 each second; what it saved up is a tenth's.
    EXPECT_NEAR(calls_that_go_well(host, seconds(3), milliseconds(1), 1000), 14.5 + 10, 3);
    EXPECT_NEAR(calls_that_go_well(host, seconds(4), milliseconds(1), 9000), 9 * 59.5, 12);
    EXPECT_NEAR(calls_that_go_well(host, seconds(13), milliseconds(1), 1000), 100, 2);
}

TEST(ScriptedHost, DoesNotWarmUpWhileItHasNothingToDo)
{
    scenario::host what;
    what.bears = 100;
    what.cold_part = 0.1;
    what.warm_after = seconds(10);
    scripted_host host(what);
    host.behave(1, scenario::USUAL_TIME);
    host.behave(0, scenario::USUAL_TIME);
    EXPECT_EQ(calls_that_go_well(host, seconds(1), seconds(2), 100), 100);
    EXPECT_NEAR(calls_that_go_well(host, seconds(300), milliseconds(1), 1000), 10 + 14.5, 3);
}

TEST(ScriptedHost, FailsByChanceWhatItIsToldTo)
{
    scripted_host host(scenario::host{});
    host.behave(0.3, seconds(1));
    EXPECT_EQ(host.takes(), seconds(1));
    EXPECT_FALSE(host.call(seconds(1), 0.29));
    EXPECT_TRUE(host.call(seconds(1), 0.3));
}

TEST(Simulation, RepeatedEventsHappenAgainToTheEnd)
{
    scenario played = well(1, 1000, seconds(40));
    played.repeat = seconds(4);
    played.events = {from(seconds(0), 0, 1), from(seconds(1), 0, 0)};
    const simulation_result r = play(played, player::round_robin);
    EXPECT_NEAR(r.bad(), 0.25, 0.001);
    EXPECT_NEAR(in_seconds(r.longest_outage), 1, 0.01);
    EXPECT_EQ(r.returns, 10u);
    for (size_t part = 0; part < simulation_result::PARTS; ++part) {
        const double middle = (static_cast<double>(part) + 0.5) * 40 / simulation_result::PARTS;
        const double into = std::fmod(middle, 4);
        if (into > 0.1 && into < 0.9) {
            EXPECT_EQ(r.failed_in[part], r.all_in[part]) << middle;
        }
        if (into > 1.1 && into < 3.9) {
            EXPECT_EQ(r.failed_in[part], 0u) << middle;
        }
    }
}

TEST(Simulation, EachAgentLearnsForItself)
{
    scenario played = well(5, 400, seconds(30));
    played.agents = 4;
    played.events = {from(seconds(0), 2, 1)};
    const simulation_result r = play(played, player::adaptive);
    std::vector<int> set_aside(4, 0);
    for (const simulation_result::change &change : r.changes) {
        ASSERT_LT(change.agent, 4u);
        EXPECT_EQ(change.host, 2u);
        EXPECT_TRUE(change.overloaded);
        ++set_aside[change.agent];
    }
    EXPECT_EQ(set_aside, std::vector<int>(4, 1));
    // Four agents need four times as many failures as one.
    played.agents = 1;
    const simulation_result alone = play(played, player::adaptive);
    EXPECT_GT(r.failed, 3 * alone.failed);
    EXPECT_EQ(r.calls, alone.calls);
}

TEST(Simulation, TimeSetAsideIsCountedOverAllHostsAndToTheEnd)
{
    scenario played = well(4, 1000, seconds(100));
    played.events = {from(seconds(50), 3, 1)};
    const simulation_result r = play(played, player::adaptive);
    ASSERT_EQ(r.changes.size(), 1u);
    const double part = (100 - in_seconds(r.changes[0].when)) / 100;
    EXPECT_NEAR(r.set_aside_of[3], part, 1e-9);
    EXPECT_NEAR(r.set_aside, part / 4, 1e-9);
    EXPECT_NEAR(part, 0.5, 0.01);
    EXPECT_EQ(r.changes[0].why, "it fails more than the others");
}

TEST(Simulation, RoundRobinGivesAHostItsShareAtOnce)
{
    scenario played = well(10, 1000, seconds(60));
    played.events = {from(seconds(10), 0, 1), from(seconds(20), 0, 0)};
    const simulation_result r = play(played, player::round_robin);
    EXPECT_EQ(r.returns, 1u);
    EXPECT_EQ(r.to_half, scenario::time(0));
    EXPECT_EQ(r.to_full, scenario::time(0));
    EXPECT_EQ(play(well(10, 1000, seconds(20)), player::round_robin).returns, 0u);
}

TEST(Simulation, AHostThatNeverGetsItsShareIsSaidToBeSo)
{
    scenario played = well(10, 1000, seconds(30));
    played.events = {from(seconds(10), 0, 1), from(seconds(20), 0, 0)};
    lb_config config;
    config.slow_start = std::chrono::minutes(10);
    const simulation_result r = simulate(played, player::adaptive, config, 1);
    EXPECT_EQ(r.returns, 1u);
    EXPECT_EQ(r.to_half, simulation_result::NEVER);
    EXPECT_EQ(r.to_full, simulation_result::NEVER);
}

TEST(Simulation, AnOutageLastsFromTheFirstFailureToTheNextSuccess)
{
    scenario played = well(1, 1000, seconds(60));
    played.events = {from(seconds(10), 0, 1), from(seconds(30), 0, 0)};
    for (player who : {player::round_robin, player::adaptive})
        EXPECT_NEAR(in_seconds(play(played, who).longest_outage), 20, 0.01) << name_of(who);
    played.events.pop_back();
    EXPECT_NEAR(in_seconds(play(played, player::round_robin).longest_outage), 50, 0.01);
}

TEST(Simulation, CourseRefusesTenOfElevenCallsWhereAllAreSetAside)
{
    scenario played = well(3, 1000, seconds(10));
    for (size_t host = 0; host < 3; ++host)
        played.events.push_back(from(seconds(0), host, 1));
    const simulation_result r = play(played, player::course);
    const double once_overloaded = static_cast<double>(r.calls) - 3 * 15;
    EXPECT_NEAR(static_cast<double>(r.refused), once_overloaded * 10 / 11, 30);
    EXPECT_EQ(r.failed + r.refused, r.calls);
    EXPECT_EQ(play(played, player::adaptive).refused, 0u);
}

auto figures(const simulation_result &r)
{
    return std::tie(r.calls, r.failed, r.refused, r.longest_outage, r.set_aside, r.greatest_share,
                    r.share_off, r.to_half, r.to_full, r.calls_of, r.failed_of, r.calls_in,
                    r.failed_in);
}

TEST(Simulation, ASeedIsALuckOfItsOwnAndTheSameOneEachTime)
{
    scenario played = well(10, 500, seconds(60));
    played.events = {from(seconds(5), 0, 0.5), from(seconds(30), 0, 0)};
    for (player who : {player::adaptive, player::course, player::round_robin}) {
        const simulation_result once = play(played, who, 7), again = play(played, who, 7),
                                other = play(played, who, 8);
        EXPECT_TRUE(figures(once) == figures(again)) << name_of(who);
        EXPECT_FALSE(figures(once) == figures(other)) << name_of(who);
        ASSERT_EQ(once.changes.size(), again.changes.size());
        for (size_t i = 0; i < once.changes.size(); ++i)
            EXPECT_EQ(once.changes[i].when, again.changes[i].when);
    }
}

TEST(Simulation, ThresholdsComeFromTheConfigurationAndThePolicyDoesNot)
{
    scenario played = well(10, 1000, seconds(20));
    played.events = {from(seconds(0), 0, 1)};
    lb_config patient;
    patient.evidence_limit = 100;
    patient.policy = balance_policy::course;
    const simulation_result r = simulate(played, player::adaptive, patient, 1);
    EXPECT_GT(r.failed, 100u);
    EXPECT_LT(r.failed, 200u);
    patient.probe_num = 100;
    EXPECT_LT(simulate(played, player::course, patient, 1).failed,
              play(played, player::course).failed / 2);
}

// The known weaknesses of the course's rules, in % of all calls.
TEST(Course, DeadHostCostsEveryEleventhCallHoweverManyThereAre)
{
    for (const char *hosts : {"2", "3", "5", "10", "20", "50", "100"}) {
        const scenario played = shipped(std::string("dead-1-of-") + hosts);
        EXPECT_NEAR(100 * play(played, player::course).bad(), 9.1, 0.1) << hosts;
    }
    EXPECT_NEAR(100 * play(shipped("dead-1-of-10-at-2"), player::course).bad(), 9.1, 0.5);
    EXPECT_NEAR(100 * play(shipped("one-of-10-times-out-after-1s"), player::course).bad(), 9.1,
                0.1);
}

double part(uint64_t some, uint64_t all)
{
    return 100 * static_cast<double>(some) / static_cast<double>(all);
}

TEST(Course, HostsThatAllFailSomeAreAllSetAsideAndCallsRefused)
{
    const simulation_result some = play(shipped("all-fail-15"), player::course);
    EXPECT_NEAR(part(some.refused, some.calls), 41.6, 4.16);
    EXPECT_NEAR(part(some.failed, some.calls), 8.8, 0.88);
    const simulation_result more = play(shipped("all-fail-30"), player::course);
    EXPECT_NEAR(part(more.refused, more.calls), 89.7, 0.5);
    const simulation_result outage = play(shipped("all-dead-for-5s"), player::course);
    EXPECT_NEAR(100 * outage.bad(), 5.3, 0.1);
}

TEST(Course, IsBetterThanRoundRobinAtOtherThings)
{
    EXPECT_NEAR(100 * play(shipped("one-of-10-fails-50"), player::course).bad(), 4.6, 0.1);
    const simulation_result r = play(shipped("dead-for-60s"), player::course);
    EXPECT_EQ(r.returns, 1u);
    EXPECT_LE(in_seconds(r.to_full), 0.3);
}

}  // namespace
}  // namespace lars
