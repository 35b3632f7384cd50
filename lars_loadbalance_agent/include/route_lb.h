// All modules of one UDP server: their hosts, how old their routes are, and
// when to ask for them. Takes the time as an argument and does no I/O: what it
// wants done, it says through the callbacks. One thread.
#pragma once

#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "lars.pb.h"
#include "load_balance.h"
#include "module_id.h"

namespace lars {

class route_lb {
public:
    // With more modules than this, a module that is not known stays so: anybody
    // on this machine may ask for any number.
    static constexpr size_t MAX_MODULES = 100000;

    // PULL: please ask the dns for this module; an answer, if only an empty one,
    // must come through update() in the end. ON_STATE: a host has changed its state.
    using pull_callback = std::function<void(module_id)>;
    using state_callback =
        std::function<void(module_id module, const host_info &host, const char *why)>;

    route_lb(const lb_config &config, pull_callback pull, state_callback on_state);

    void set_config(const lb_config &config) { _config = config; }
    const lb_config &config() const { return _config; }

    // The host goes to *OUT where the result is RET_SUCC.
    LarsRetCode get_host(module_id module, lb_time now, endpoint *out);
    void report(module_id module, const endpoint &host, bool success, uint32_t timecost_ms,
                lb_time now);
    // Empty when the module is not known (yet). Valid until the next update.
    const std::vector<endpoint> &get_route(module_id module, lb_time now);

    // An answer of the dns, or a change it has pushed. HOSTS: each once.
    void update(module_id module, const std::vector<endpoint> &hosts, lb_time now);
    // A route remembered from an earlier run: used, but asked for again at the
    // first use.
    void restore(module_id module, const std::vector<endpoint> &hosts, lb_time now);

    // Windows, time-outs, and forgetting modules that do not exist.
    void check_deadlines(lb_time now);
    // When to call that again; nothing while no module is known.
    std::optional<lb_time> next_deadline() const;

    // The calls since the last time, one message or more for each module with any.
    void take_reports(uint32_t caller_ip, uint32_t now_seconds,
                      const std::function<void(ReportStatusRequest)> &each);

    // Null when it is not known.
    const load_balance *find(module_id module) const;
    size_t size() const { return _modules.size(); }

private:
    struct module {
        load_balance hosts;
        bool pulling = false;
        bool answered = false;  // by the dns, since this agent runs
        bool has_calls = false;  // since the last report upstream
        lb_time updated{};
        lb_time used{};
        lb_time deadline{};     // the one that stands in _deadlines
    };
    struct deadline {
        lb_time when;
        module_id id;
        bool operator>(const deadline &other) const { return when > other.when; }
    };

    module *use(module_id id, lb_time now);
    void refresh(module_id id, module &used, lb_time now);
    void schedule(module_id id, module &changed);
    void forget_unused(lb_time now);

    lb_config _config;
    pull_callback _pull;
    state_callback _on_state;
    std::unordered_map<module_id, module, module_id_hash> _modules;
    // A module stands here again when its deadline has come nearer; the entries
    // that are no longer true are passed over.
    std::priority_queue<deadline, std::vector<deadline>, std::greater<deadline>> _deadlines;
    lb_time _next_forget{};
};

}  // namespace lars
