// All modules of one UDP server: their hosts, how old their routes are, and when
// to ask for them. Takes the time as an argument and does no I/O: what changes comes
// back from its calls. One thread.
#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "load_balance.h"
#include "route.h"

namespace lars {

// A host of MODULE has become overloaded, or idle again.
struct module_change {
    module_id module;
    host_change change;
};

class route_lb {
public:
    // With more modules than this, a module that is not known stays so: anybody
    // on this machine may ask for any number.
    static constexpr size_t MAX_MODULES = 100000;

    // PULL: please ask the dns for this module; an answer, if only an empty one,
    // must come through update() in the end.
    using pull_callback = std::function<void(const module_id &module)>;

    route_lb(const lb_config &config, pull_callback pull);

    void set_config(const lb_config &config) { _config = config; }
    const lb_config &config() const { return _config; }

    // The host to call next goes to *OUT; no_hosts where the module is not known (yet).
    load_balance::choice get_host(const module_id &module, lb_time now, endpoint *out);
    // Nothing comes back unless the call has changed the host's state.
    std::optional<host_change> report(const call_report &call, lb_time now);
    // Empty when the module is not known (yet). Valid until the next update.
    const std::vector<route_host> &get_route(const module_id &module, lb_time now);

    // An answer of the dns, or a change it has pushed.
    void update(const module_route &route, lb_time now);
    // A route remembered from an earlier run: used, but asked for again at the
    // first use.
    void restore(const module_route &route, lb_time now);

    // Ends windows and time-outs, and forgets modules that do not exist.
    std::vector<module_change> check_deadlines(lb_time now);
    // When to call that again; nothing while no module is known.
    std::optional<lb_time> next_deadline() const;

    // The calls since the last time, one summary for each module with any.
    std::vector<call_summary> take_summaries(uint32_t caller_ip, uint32_t now_seconds);

    // For tests. Null when the module is not known.
    const load_balance *find(const module_id &module) const;
    size_t size() const { return _modules.size(); }

private:
    struct known_module {
        load_balance hosts;
        bool pulling = false;
        bool answered = false;  // by the dns, since this agent runs
        bool has_calls = false; // since the last summary
        lb_time updated{};
        lb_time used{};
        lb_time deadline{};     // the one that stands in _deadlines
    };
    struct deadline {
        lb_time when;
        module_id module;
        bool operator>(const deadline &other) const { return when > other.when; }
    };

    known_module *use(const module_id &module, lb_time now);
    void refresh(const module_id &module, known_module &used, lb_time now);
    void schedule(const module_id &module, known_module &changed);
    void forget_unused(lb_time now);

    lb_config _config;
    pull_callback _pull;
    std::unordered_map<module_id, known_module, module_id_hash> _modules;
    // A module stands here again when its deadline has come nearer; the entries
    // that are no longer true are passed over.
    std::priority_queue<deadline, std::vector<deadline>, std::greater<deadline>> _deadlines;
    lb_time _next_forget{};
};

}  // namespace lars
