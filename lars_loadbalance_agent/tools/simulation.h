// Plays a scenario under a policy: the agent's own route_lb for each agent, with a clock
// that is scripted, and hosts that are. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chooser.h"
#include "lb_config.h"
#include "scenario.h"

namespace lars {

enum class player { adaptive, course, round_robin };
// "adaptive", "course" or "round robin".
const char *name_of(player who);

struct simulation_result {
    using time = scenario::time;
    static constexpr time NEVER = time::max();

    uint64_t calls = 0;
    uint64_t failed = 0;
    uint64_t refused = 0;    // no host was handed out
    time longest_outage{0};  // of one agent: from a call without success to the next with

    // Of the time that all hosts spend in all agents, the part that they were set aside.
    double set_aside = 0;
    // The most of one second's calls that one host got, as a multiple of its fair share.
    double greatest_share = 0;
    // How far a host's part of all calls is from its fair share, as a part of that, at most.
    double share_off = 0;
    // From when a host that failed half of its calls or more does so no longer until it has
    // half of its fair share of calls, and until it has 95 % of it; the longest of all.
    // NEVER: a host did not get there; 0 where there was no such host, RETURNS being 0.
    size_t returns = 0;
    time to_half{0};
    time to_full{0};

    struct change {
        time when;
        size_t agent;
        size_t host;
        bool overloaded;
        std::string why;
    };
    std::vector<change> changes;     // in order of time
    std::vector<uint64_t> calls_of;  // of each host
    std::vector<uint64_t> failed_of;
    std::vector<double> set_aside_of;  // the part of the time, over all agents

    // Of each host, its calls in each part of the run; there are at most so many parts.
    static constexpr size_t PARTS = 300;
    std::vector<std::vector<uint32_t>> calls_in;
    std::vector<uint32_t> failed_in;  // of all hosts, refused ones too
    std::vector<uint32_t> all_in;

    // Failed and refused, of all calls.
    double bad() const;
};

// CONFIG's policy is replaced by that of WHO. SEED decides about chance: when in its time
// slot a call comes, which calls of a host that fails some do so, and where turns begin.
// All players get the same calls at the same times, and the same luck. MAKE makes the agents.
simulation_result simulate(const scenario &played, player who, lb_config config, uint32_t seed,
                           const agent_maker &make = make_agent);

}  // namespace lars
