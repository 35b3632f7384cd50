// Scenarios in real processes (agents, callers with the client library, backends on real
// sockets) come to what lars_sim says. They run all at once, with the waits of the policy
// a tenth of the usual ones, so that half a minute shows what takes minutes.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "agent_options.h"
#include "paths.h"
#include "route_file.h"
#include "running_service.h"
#include "simulation.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

struct played_case {
    const char *name;
    const char *text;
};

const std::vector<played_case> CASES = {
    {"one_is_dead", "duration 24s\ncalls 400\nhosts 10\nat 0s host 1 fails 100%\n"},
    {"one_fails_half", "duration 24s\ncalls 400\nhosts 10\nat 0s host 1 fails 50%\n"},
    {"all_fail_some", "duration 24s\ncalls 400\nhosts 10\nat 0s host 1-10 fails 30%\n"},
    {"one_times_out", "duration 24s\ncalls 300\nhosts 10\nat 0s host 1 fails 100% takes 100ms\n"},
    {"dead_then_well",
     "duration 24s\ncalls 400\nhosts 10\nat 4s host 1-6 fails 100%\nat 12s host 1-6 fails 0%\n"},
    {"dead_in_turn",
     "duration 24s\ncalls 300\nhosts 2\nat 0s host 1 fails 100%\nat 12s host 1 fails 0%\n"
     "at 12s host 2 fails 100%\n"},
    {"all_dead_for_a_while",
     "duration 24s\ncalls 400\nhosts 5\nat 10s host 1-5 fails 100%\nat 12s host 1-5 fails 0%\n"},
    {"weights",
     "duration 24s\ncalls 400\nhosts 1 weight 100\nhosts 1 weight 200\nhosts 1 weight 500\n"
     "at 8s host 3 fails 100%\n"},
    {"several_agents", "duration 24s\ncalls 200\nagents 3\nhosts 5\nat 0s host 1 fails 100%\n"},
    {"few_calls", "duration 24s\ncalls 20\nhosts 3\nat 0s host 1 fails 100%\n"},
};

// In % of all calls.
struct outcome {
    double bad = 0;
    // Of the hosts that are alike together, by the first of them: chance may set one of
    // them aside, but not all.
    std::map<size_t, double> share;
};

// The first host of the scenario that has the same weight and fails in the same way.
size_t first_alike(const scenario &played, size_t host)
{
    const auto covers = [](const scenario::event &event, size_t which) {
        return event.first <= which && which <= event.last;
    };
    for (size_t other = 0; other < host; ++other) {
        const bool alike =
            std::all_of(played.events.begin(), played.events.end(), [&](const auto &event) {
                return covers(event, host) == covers(event, other);
            });
        if (alike && played.hosts[other].weight == played.hosts[host].weight)
            return other;
    }
    return host;
}

// One case while it is played.
class playing {
public:
    explicit playing(const played_case &what) : _what(what) {}

    void start()
    {
        const std::string path = _folder.write("scenario", _what.text);
        ASSERT_TRUE(read_scenario(path, &_played));
        process_options ready;
        ready.ready_fd = true;
        ASSERT_TRUE(_backends.start(bin_path("lars_play_backends"), {path}, ready));
        _addresses = _backends.wait_ready();
        ASSERT_EQ(_addresses.size(), _played.hosts.size()) << _backends.output();
        std::vector<std::string> arguments = {path};
        for (size_t i = 0; i < _played.agents; ++i) {
            ASSERT_NO_FATAL_FAILURE(start_agent());
            arguments.push_back(std::to_string(_agents.back()->port()));
        }
        ASSERT_TRUE(_callers.start(bin_path("lars_play_callers"), arguments));
    }

    outcome wait()
    {
        EXPECT_EQ(_callers.wait_exit(milliseconds(120000)), 0) << _callers.output();
        std::istringstream lines(_callers.output());
        std::map<std::string, std::pair<double, double>> calls;
        double all = 0, bad = 0;
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string host;
            double of_host = 0, failed = 0;
            words >> host >> of_host;
            if (host == "refused")
                failed = of_host;
            else
                words >> failed;
            calls[host] = {of_host, failed};
            all += of_host;
            bad += failed;
        }
        EXPECT_EQ(all, static_cast<double>(_played.total_calls())) << _callers.output();
        outcome seen{100 * bad / all, {}};
        for (size_t i = 0; i < _addresses.size(); ++i) {
            const std::string host = _addresses[i].ip + ":" + std::to_string(_addresses[i].port);
            seen.share[first_alike(_played, i)] += 100 * calls[host].first / all;
        }
        for (auto &agent : _agents)
            EXPECT_EQ(agent->stop(), 0);
        EXPECT_TRUE(_backends.running()) << _backends.output();
        _backends.terminate();
        return seen;
    }

    // What the simulator makes of it with the agent's configuration.
    outcome simulated(uint32_t seed) const
    {
        const simulation_result result = simulate(_played, player::adaptive, _config, seed);
        outcome seen{100 * result.bad(), {}};
        for (size_t i = 0; i < result.calls_of.size(); ++i)
            seen.share[first_alike(_played, i)] +=
                100.0 * static_cast<double>(result.calls_of[i]) / static_cast<double>(result.calls);
        return seen;
    }

private:
    // Its route is in the route cache; there is no dns and no reporter.
    void start_agent()
    {
        _agents.push_back(std::make_unique<agent_service>(uint16_t{1}, uint16_t{1}));
        agent_service &agent = *_agents.back();
        agent.set("loadbalance", "probe_wait", "0.1");
        agent.set("loadbalance", "probe_wait_max", "0.5");
        agent.set("loadbalance", "slow_start", "1");
        std::vector<route_row> rows;
        for (size_t i = 0; i < _addresses.size(); ++i)
            rows.push_back({{1, 1}, {{0x7f000001, _addresses[i].port}, _played.hosts[i].weight}});
        ASSERT_TRUE(save_route_file(agent.folder().file("routes"), {rows}));
        ASSERT_TRUE(agent.start());
        agent_options options;
        ASSERT_TRUE(read_agent_options(agent.write_config(), &options));
        _config = options.balance;
    }

    played_case _what;
    temp_dir _folder;
    scenario _played;
    process _backends;
    process _callers;
    std::vector<served_address> _addresses;
    std::vector<std::unique_ptr<agent_service>> _agents;
    lb_config _config;
};

// Chance makes runs differ, in the simulator too: within what its seeds span, or a tenth
// of it outside, or 0.1 point where that is more.
void expect_within(double real, std::vector<double> simulated, const std::string &what)
{
    const auto [low, high] = std::minmax_element(simulated.begin(), simulated.end());
    EXPECT_GE(real, std::min(*low * 0.9, *low - 0.1)) << what << ", at least " << *low;
    EXPECT_LE(real, std::max(*high * 1.1, *high + 0.1)) << what << ", at most " << *high;
}

TEST(Agreement, RealProcessesDoWhatTheSimulatorSays)
{
    std::vector<std::unique_ptr<playing>> running;
    for (const played_case &what : CASES) {
        SCOPED_TRACE(what.name);
        running.push_back(std::make_unique<playing>(what));
        ASSERT_NO_FATAL_FAILURE(running.back()->start());
    }
    for (size_t i = 0; i < CASES.size(); ++i) {
        SCOPED_TRACE(CASES[i].name);
        const outcome real = running[i]->wait();
        std::vector<outcome> simulated;
        for (uint32_t seed = 1; seed <= 20; ++seed)
            simulated.push_back(running[i]->simulated(seed));
        const auto all = [&simulated](auto part) {
            std::vector<double> values;
            for (const outcome &one : simulated)
                values.push_back(part(one));
            return values;
        };
        const auto bad = all([](const outcome &one) { return one.bad; });
        std::printf("%-22s %7.3f %% failed, the simulator says %7.3f to %7.3f\n", CASES[i].name,
                    real.bad, *std::min_element(bad.begin(), bad.end()),
                    *std::max_element(bad.begin(), bad.end()));
        expect_within(real.bad, bad, "calls that failed");
        for (const auto &[host, share] : real.share)
            expect_within(share,
                          all([host = host](const outcome &one) { return one.share.at(host); }),
                          "calls of host " + std::to_string(host + 1) + " and those like it");
    }
}

}  // namespace
}  // namespace lars
