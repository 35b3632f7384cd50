// Whoever hands out hosts while a scenario is played. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "health_change.h"
#include "lb_config.h"
#include "scenario.h"

namespace lars {

class chooser {
public:
    virtual ~chooser() = default;

    // The host to call at NOW, or nothing if there is none to call. Hosts are counted
    // from 0. NOW never goes back.
    virtual std::optional<size_t> choose(scenario::time now) = 0;
    // A call of the host was over at NOW, having taken TIMECOST_MS.
    virtual void report(size_t host, bool success, uint32_t timecost_ms, scenario::time now) = 0;
    // Nothing more happens until then.
    virtual void pass(scenario::time until) = 0;
};

struct state_change {
    scenario::time when;
    size_t host;
    bool overloaded;  // what it is now
    health_change why;
};

// An agent, whose hosts have these weights; it does not know those with weight 0, which
// the dns leaves out. CHANGED is called for each change of a host's state.
std::unique_ptr<chooser> make_agent(const std::vector<uint32_t> &weights, const lb_config &config,
                                    uint32_t seed,
                                    std::function<void(const state_change &)> changed);
// Makes an agent as make_agent() does, perhaps one that is asked in another way.
using agent_maker =
    std::function<std::unique_ptr<chooser>(const std::vector<uint32_t> &, const lb_config &,
                                           uint32_t, std::function<void(const state_change &)>)>;
// The hosts in turn, by their weights, whatever is reported.
std::unique_ptr<chooser> make_round_robin(const std::vector<uint32_t> &weights, uint32_t seed);

}  // namespace lars
