// Choosing and reporting in memory that programs and agent share: against a bare round robin,
// from several threads and processes, against UDP, and what it costs the agent.
#include <algorithm>
#include <cstdio>

#include "local_system.h"
#include "parts.h"
#include "together.h"

namespace lars::bench {
namespace {

constexpr double MILLION = 1e6;
constexpr double AGENT_GOAL = 10;  // ms for a million pairs, in place of a floor

bool worth(const char *name, const measurement &measured)
{
    if (!measured.error.empty())
        std::fprintf(stderr, "%s: %s\n", name, measured.error.c_str());
    return measured.error.empty();
}

measurement run_load(const local_load_options &options, double seconds, const make_ready &ready)
{
    local_load load(options);
    if (const status s = load.prepare(); !s)
        return failed(s.message());
    return ready() ? load.run(seconds) : failed(NOT_ALL_READY);
}

// Each round runs the floor, and then one thread; the agent's time is of the same rounds.
bool compare_with_floor(const bench_settings &settings, const local_load_options &options)
{
    std::vector<double> ours, floor, ratios, agent;
    local_load load(options);
    if (const status s = load.prepare(); !s)
        return worth("local", failed(s.message()));
    for (int round = 0; round < settings.rounds; ++round) {
        const measurement below = run_bare_turns(options.modules, settings.seconds);
        const measurement above = load.run(settings.seconds);
        if (!worth("local, floor", below) || !worth("local", above))
            return false;
        ours.push_back(1e9 / above.calls_per_second());
        floor.push_back(1e9 / below.calls_per_second());
        ratios.push_back(ours.back() / floor.back());
        agent.push_back(above.cpu_us_per_call() * MILLION / 1000);
    }
    const auto [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
    settings.table->add({"local get_host + report", "ns/pair", 1, median(ours), median(floor),
                         median(ratios), *lowest, *highest});
    settings.table->add(
        {"local, agent for 1,000,000 pairs", "cpu ms", 2, median(agent), AGENT_GOAL});
    return true;
}

// What each of two does against one alone.
bool compare_two(const char *what, const bench_settings &settings,
                 const local_load_options &options, int processes, int threads)
{
    // Half as long as the others, for what the bench takes in all.
    const auto run = [&](int p, int t) {
        return sum_of(run_together(p, t, [&](const make_ready &ready) {
            return run_load(options, settings.seconds / 2, ready);
        }));
    };
    const auto each_of_two = [&] {
        measurement both = run(processes, threads);
        both.calls /= 2;
        return both;
    };
    std::string name = std::string("local, each of 2 ") + what + " / 1";
    if (processors() < 2)
        name += " (1 cpu)";
    return compare(name, settings, each_of_two, [&] { return run(1, 1); });
}

bool compare_with_udp(const bench_settings &settings, local_load_options options)
{
    options.agent = 0;
    local_load here(options);
    options.local = false;
    local_load asking(options);
    for (local_load *load : {&here, &asking}) {
        if (const status s = load->prepare(); !s)
            return worth("local / udp", failed(s.message()));
    }
    return compare(
        "local / udp, get_host + report", settings, [&] { return here.run(settings.seconds); },
        [&] { return asking.run(settings.seconds); });
}

}  // namespace

bool bench_local(const bench_settings &settings)
{
    local_system system;
    if (!system.start())
        return false;
    const local_load_options all = system.load();
    local_load_options unwatched = all;
    unwatched.agent = 0;
    return compare_with_floor(settings, all) && compare_two("threads", settings, unwatched, 1, 2) &&
           compare_two("processes", settings, unwatched, 2, 1) && compare_with_udp(settings, all) &&
           measure_health(settings, all);
}

}  // namespace lars::bench
