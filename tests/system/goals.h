// What policy adaptive must come to, case by case: for each file of scenarios/, and whether a
// run of it does. The seeds 1 to 5 are played, and the worst of them counts.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "paths.h"
#include "simulation.h"

namespace lars::test {

// Calls in % of all, times in seconds.
struct limits {
    // Calls that fail or are refused.
    std::optional<double> bad;
    std::optional<double> bad_above_round_robin;  // at most so much more
    bool same_as_round_robin = false;
    // Of all hosts' time, what they are set aside; 0: nobody ever is.
    std::optional<double> aside;
    std::optional<double> greatest_share;  // of one host in a second, times its fair share
    std::optional<double> share_off;       // of any host
    // From when a host is well again.
    std::optional<double> to_half_share;
    std::optional<double> to_full_share;

    bool beside_round_robin() const { return bad_above_round_robin || same_as_round_robin; }
};

inline limits bad(double most)
{
    limits l;
    l.bad = most;
    return l;
}
inline limits bad_and_never_above_round_robin(double most)
{
    limits l = bad(most);
    l.bad_above_round_robin = 0;
    return l;
}
inline limits round_robin_plus(double more)
{
    limits l;
    l.bad_above_round_robin = more;
    return l;
}
inline limits all_called_alike()
{
    limits l = round_robin_plus(0.1);
    l.aside = 3;
    l.greatest_share = 2;
    return l;
}
inline limits nobody_set_aside_and_round_robin_plus(double more)
{
    limits l = round_robin_plus(more);
    l.aside = 0;
    return l;
}
inline limits never_set_aside()
{
    limits l;
    l.aside = 0;
    return l;
}
inline limits as_round_robin()
{
    limits l;
    l.same_as_round_robin = true;
    return l;
}
inline limits well_hosts()
{
    limits l;
    l.aside = 1;
    l.share_off = 5;
    return l;
}
inline limits shares_exact()
{
    limits l = bad(0);
    l.share_off = 0.01;
    return l;
}
inline limits share_back_within(double half, double full)
{
    limits l;
    l.to_half_share = half;
    l.to_full_share = full;
    return l;
}

struct goal {
    std::string what;                    // the case, in words
    limits most;                         // what it may come to
    std::vector<std::string> scenarios;  // the files, without .scenario
};

inline const std::vector<goal> GOALS = {
    {"one dead of 2, 3, 5, 10, 20, 50, 100",
     bad_and_never_above_round_robin(0.05),
     {"dead-1-of-2", "dead-1-of-3", "dead-1-of-5", "dead-1-of-10", "dead-1-of-20", "dead-1-of-50",
      "dead-1-of-100"}},
    {"all of 10 fail 5, 15, 30, 50 %, also at 10,000/s",
     all_called_alike(),
     {"all-fail-5", "all-fail-15", "all-fail-30", "all-fail-50", "all-fail-5-at-10000",
      "all-fail-15-at-10000", "all-fail-30-at-10000", "all-fail-50-at-10000"}},
    {"one of 10 fails 20 %", bad(0.1), {"one-of-10-fails-20"}},
    {"one of 10 fails 50 %", bad(0.05), {"one-of-10-fails-50"}},
    {"one of 10 times out after 1 s", bad(0.08), {"one-of-10-times-out-after-1s"}},
    {"one of 10 times out after 3 s", bad(0.16), {"one-of-10-times-out-after-3s"}},
    {"9 of 10 time out after 3 s, for 60 s of 180", bad(2.1), {"nine-of-10-time-out-for-60s"}},
    {"one dead of 10, 2/s, 600 s", bad(2.7), {"dead-1-of-10-at-2"}},
    {"one of 3 dead, a call each 5 s for an hour, or each 20 s for 4 hours",
     bad(3.7),
     {"dead-1-of-3-each-5s", "dead-1-of-3-each-20s"}},
    {"one of 100 dead, 10/s, 600 s", bad(0.8), {"dead-1-of-100-at-10"}},
    {"99 of 100 dead", bad(1.2), {"dead-99-of-100"}},
    {"one dead of 10, 10,000/s, 60 s", bad(0.01), {"dead-1-of-10-at-10000"}},
    {"dead for D s, then well, D = 5, 10 ... 90",
     share_back_within(12, 16),
     {"dead-for-5s", "dead-for-10s", "dead-for-15s", "dead-for-20s", "dead-for-25s", "dead-for-30s",
      "dead-for-35s", "dead-for-40s", "dead-for-45s", "dead-for-50s", "dead-for-55s",
      "dead-for-60s", "dead-for-65s", "dead-for-70s", "dead-for-75s", "dead-for-80s",
      "dead-for-85s", "dead-for-90s"}},
    {"6 of 10 dead for 60 s of 180", bad(0.1), {"dead-6-of-10-for-60s"}},
    {"9 of 10 dead for 60 s of 180", bad(0.15), {"dead-9-of-10-for-60s"}},
    {"two dead", bad(0.08), {"dead-2-of-10"}},
    {"two fail 30 %", bad(0.12), {"2-of-10-fail-30"}},
    {"5 of 10 fail 30 %", bad(0.3), {"5-of-10-fail-30"}},
    {"9 of 10 fail 30 %", bad(0.5), {"9-of-10-fail-30"}},
    {"all dead 5 s of 120", nobody_set_aside_and_round_robin_plus(0.05), {"all-dead-for-5s"}},
    {"all fail 30 % and one is dead", bad(30.5), {"all-fail-30-and-one-is-dead"}},
    {"all fail 50 % and one is dead", bad(50.6), {"all-fail-50-and-one-is-dead"}},
    {"one host alone: dead 20 s of 120; fails 30 %",
     as_round_robin(),
     {"one-host-dead-for-20s", "one-host-fails-30"}},
    {"2 hosts, one dead for 90 s and the other for the next 90",
     bad(0.25),
     {"two-hosts-dead-in-turn"}},
    {"9 of 10 dead for 90 s, then the tenth alone for 90",
     bad(0.4),
     {"nine-of-10-dead-then-the-tenth"}},
    {"one flaps 20 s", bad(0.05), {"one-of-10-flaps-20s"}},
    {"one flaps 2 s", bad(0.1), {"one-of-10-flaps-2s"}},
    {"one flaps 0.2 s", bad(0.15), {"one-of-10-flaps-0.2s"}},
    {"20 agents of their own at 10/s, one of 10 dead", bad(1.9), {"20-agents-at-10"}},
    {"200 agents at 1/s, one of 10 dead", bad(6.5), {"200-agents-at-1"}},
    {"one host slow, 200 ms or 1,000 ms, but right",
     never_set_aside(),
     {"one-of-10-is-slow-200ms", "one-of-10-is-slow-1000ms"}},
    {"a cold host", bad(0.05), {"cold-host"}},
    {"well hosts failing 1 % or 5 % at random, N 3, 10, 100, 1,000/s and 50/s, 600 s",
     well_hosts(),
     {"well-3-fail-1-at-1000", "well-3-fail-1-at-50", "well-3-fail-5-at-1000",
      "well-3-fail-5-at-50", "well-10-fail-1-at-1000", "well-10-fail-1-at-50",
      "well-10-fail-5-at-1000", "well-10-fail-5-at-50", "well-100-fail-1-at-1000",
      "well-100-fail-1-at-50", "well-100-fail-5-at-1000", "well-100-fail-5-at-50"}},
    {"each host bears 110/s and fails what is above, 9 of 10 dead for 60 s of 180",
     round_robin_plus(1),
     {"nine-of-10-dead-and-little-room"}},
    {"weights 1:2:5, all well", shares_exact(), {"weights-1-2-5"}},
    {"weights 1:2:5, the 5 dead", bad(0.05), {"weights-1-2-5-the-5-dead"}},
};

constexpr uint32_t SEEDS = 5;

inline std::string scenarios_folder()
{
    return source_path("lars_loadbalance_agent/scenarios");
}

struct outcome {
    uint32_t seed;
    simulation_result adaptive;
    simulation_result round_robin;  // nothing where the limits do not ask for it
};

inline outcome play(const scenario &played, uint32_t seed, const limits &most,
                    const agent_maker &make)
{
    return {seed, simulate(played, player::adaptive, {}, seed, make),
            most.beside_round_robin() ? simulate(played, player::round_robin, {}, seed)
                                      : simulation_result()};
}

// Two at a time.
inline std::vector<outcome> play_all(const scenario &played, const limits &most,
                                     const agent_maker &make = make_agent)
{
    const auto some = [&](uint32_t first) {
        std::vector<outcome> made;
        for (uint32_t seed = first; seed <= SEEDS; seed += 2)
            made.push_back(play(played, seed, most, make));
        return made;
    };
    auto even = std::async(std::launch::async, some, 2);
    std::vector<outcome> all = some(1);
    for (outcome &made : even.get())
        all.push_back(std::move(made));
    return all;
}

inline double in_seconds(scenario::time time)
{
    return std::chrono::duration<double>(time).count();
}

// The last digits of a double are no miss.
inline void check_most(const char *what, double measured, const std::optional<double> &most)
{
    if (most) {
        EXPECT_LE(measured, *most + 1e-9) << what;
    }
}

inline void check(const limits &most, const outcome &made)
{
    const simulation_result &a = made.adaptive;
    const double above = 100 * (a.bad() - made.round_robin.bad());
    EXPECT_EQ(a.refused, 0u) << "refused while there is a host";
    check_most("failed, %", 100 * a.bad(), most.bad);
    check_most("failed above round robin, %", above, most.bad_above_round_robin);
    if (most.same_as_round_robin) {
        EXPECT_EQ(a.failed, made.round_robin.failed);
    }
    check_most("host-time set aside, %", 100 * a.set_aside, most.aside);
    if (most.aside && *most.aside == 0) {
        EXPECT_EQ(a.changes.size(), 0u) << "a host was set aside";
    }
    check_most("greatest share in a second", a.greatest_share, most.greatest_share);
    check_most("share off, %", 100 * a.share_off, most.share_off);
    if (most.to_half_share || most.to_full_share) {
        EXPECT_EQ(a.returns, 1u);
    }
    check_most("to half share, s", in_seconds(a.to_half), most.to_half_share);
    check_most("to full share, s", in_seconds(a.to_full), most.to_full_share);
}

// One test for each file.
inline std::vector<goal> one_by_one()
{
    std::vector<goal> goals;
    for (const goal &g : GOALS) {
        for (const std::string &name : g.scenarios)
            goals.push_back({g.what, g.most, {name}});
    }
    return goals;
}

inline std::string test_name(const testing::TestParamInfo<goal> &info)
{
    std::string name = info.param.scenarios[0];
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

// The scenario with that name.
inline scenario scenario_named(const std::string &name)
{
    scenario played;
    const status read = read_scenario(scenarios_folder() + "/" + name + ".scenario", &played);
    EXPECT_TRUE(read) << read.message();
    return played;
}

}  // namespace lars::test
