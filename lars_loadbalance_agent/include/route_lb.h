// All modules of one UDP server: their hosts, how old their routes are, and when to ask
// for them again. It looks at no clock and does no I/O: NOW is the time, which never goes
// back, and what has changed comes back from its calls. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "lb_config.h"
#include "load_balance.h"
#include "recently_asked.h"
#include "route.h"
#include "route_watcher.h"

namespace lars {

// A host of MODULE has become overloaded, or idle again.
struct module_change {
    module_id module;
    host_change change;
};

class route_lb {
public:
    // When so many modules have hosts, no other one is taken.
    static constexpr size_t MAX_MODULES = 100000;

    using pull_callback = std::function<void(const module_id &module)>;

    // PULL is called, by get_host() and get_route(), to ask the dns for a module's route.
    // It may not call back: the answer, if only an empty one, comes through update() in
    // the end. SEED decides where a module's turn begins, where that is left to chance.
    route_lb(const lb_config &config, pull_callback pull, uint32_t seed = 1);

    // Takes other rules. Deadlines that are set stay. If the policy is another one, all
    // hosts are idle; returns those that were not.
    std::vector<module_change> set_config(const lb_config &config, lb_time now);
    const lb_config &config() const { return _config; }

    // Chooses the host to call next, as load_balance::choose_host() does. A module that is
    // not known, or not yet, has no hosts. Asks the dns if the route is not known or old.
    load_balance::choice get_host(const module_id &module, lb_time now, endpoint *out,
                                  bool *is_probe = nullptr);
    // Counts a call, and ignores one of a module or host that is not known. Returns the
    // change of the host's state, if that was one.
    std::optional<host_change> report(const call_report &call, lb_time now);
    // The module's hosts, overloaded or not; empty if it is not known, or not yet. They
    // stay this object's, and are valid until its next call. Asks the dns as get_host().
    const std::vector<route_host> &get_route(const module_id &module, lb_time now);

    // For clients of the table, who choose by themselves and count what they do.

    // Whom to tell of the modules that are shown; null for nobody. It outlives this object.
    void set_watcher(route_watcher *watcher) { _watcher = watcher; }
    // From now on the module is shown: the watcher is told at once, and after each call that
    // changes what the table says of it, until the module has no hosts, or has not been
    // used for ten minutes. Returns false if it has no hosts.
    bool show(const module_id &module, lb_time now);
    // Adds to the interval that goes on what one client did with a host; one that is not in
    // the route is ignored. SEEN is load_balance's. Asks the dns if the route is old. Returns
    // false if the module is not known. It is quickest where a module's hosts come together.
    bool add_interval(const module_id &module, const endpoint &host, const host_interval &counted,
                      host_slot *seen, lb_time now);
    // Ends the interval, for the modules to which something was added. Returns the changes
    // of hosts.
    std::vector<module_change> end_interval(lb_time now);
    // To be called after that for a module that is shown. As load_balance::probe_due().
    std::optional<host_slot> probe_due(const module_id &module, lb_time now);

    // Takes an answer of the dns, or a change that it has pushed. Ignores a module that
    // nobody has asked for, and one for which there is no room.
    void update(const module_route &route, lb_time now);
    // Takes a route remembered from an earlier run. It is used, but the dns is asked for
    // it at its first use.
    void restore(const module_route &route, lb_time now);

    // Ends the windows and time-outs that are over at NOW, and forgets modules without
    // hosts that nobody has asked for lately. Returns the changes of hosts.
    std::vector<module_change> check_deadlines(lb_time now);
    // When to call check_deadlines(); nothing while no module is known.
    std::optional<lb_time> next_deadline() const;

    // Returns the calls since the last time, a summary for each module that had any.
    // CALLER_IP and NOW_SECONDS become its caller and ts. Where NOW_SECONDS is not later than
    // the last ts, and by no more than a day earlier, ts goes on by one second each time.
    std::vector<call_summary> take_summaries(uint32_t caller_ip, uint32_t now_seconds);

    // For people who ask why, and for tests: these change nothing, and the dns is not
    // asked. A module's hosts, and where its route stands; null and nothing if the module
    // is not known. The hosts are valid until this object's next call that changes it.
    const load_balance *find(const module_id &module) const;
    struct route_state {
        bool answered;    // by the dns, since this agent runs
        bool pulling;     // a question is on its way
        lb_time updated;  // the last answer; without one, when the module became known
    };
    std::optional<route_state> state_of_route(const module_id &module) const;
    // For operators. How often there was no room: for a module that has hosts, with its
    // answer; and for one more question to the dns, with somebody's.
    uint64_t modules_refused() const { return _modules_refused; }
    uint64_t questions_refused() const { return _questions_refused; }
    // What is known of each module's hosts, in any order.
    struct host_states {
        module_id module;
        size_t idle;
        size_t overloaded;
    };
    std::vector<host_states> all_host_states() const;
    // How many modules have hosts, or had some lately.
    size_t size() const { return _modules.size(); }

private:
    struct known_module {
        explicit known_module(uint32_t seed) : hosts(seed) {}

        load_balance hosts;
        bool pulling = false;
        bool answered = false;   // by the dns, since this agent runs
        bool has_calls = false;  // since the last summary
        bool shown = false;
        bool in_interval = false;  // something was added to the one that goes on
        uint64_t told = 0;         // the version of the table that the watcher knows
        lb_time updated{};
        lb_time used{};
        lb_time deadline{};  // the one that stands in _deadlines
    };
    using module_map = std::unordered_map<module_id, known_module, module_id_hash>;
    struct deadline {
        lb_time when;
        module_id module;
        bool operator>(const deadline &other) const { return when > other.when; }
    };

    known_module &make_known(const module_id &module, lb_time now);
    known_module *use(const module_id &module, lb_time now);
    void touch(const module_id &module, known_module &used, lb_time now);
    void ask_for(const module_id &module, lb_time now);
    template <typename asked>
    void refresh(const module_id &module, bool has_hosts, asked &used, lb_time now);
    known_module *made_known_by(const module_route &route, lb_time now);
    void schedule(const module_id &module, known_module &changed);
    // To be called after each change to a module.
    void tell_watcher(const module_id &module, known_module &changed, lb_time now)
    {
        if (changed.shown)
            tell_if_changed(module, changed, now);
    }
    void tell_if_changed(const module_id &module, known_module &changed, lb_time now);
    void hide(const module_id &module, known_module &shown);
    bool begin_adding(const module_id &module);
    void hide_unused(lb_time before);
    void forget_unused(lb_time now);
    uint32_t next_summary_time(uint32_t now_seconds);

    lb_config _config;
    pull_callback _pull;
    std::mt19937 _seeds;
    module_map _modules;
    // A module stands here again when its deadline has come nearer; the entries
    // that are no longer true are passed over.
    std::priority_queue<deadline, std::vector<deadline>, std::greater<deadline>> _deadlines;
    lb_time _next_forget{};
    // To which something was added; they are not forgotten before it ends.
    std::vector<module_map::value_type *> _in_interval;
    // The one to which something was added last, as more may be; null if that is unknown.
    module_map::value_type *_last_added = nullptr;
    route_watcher *_watcher = nullptr;
    recently_asked _asked;  // the modules that are not in _modules
    const load_balance _no_hosts{1};
    uint64_t _modules_refused = 0;
    uint64_t _questions_refused = 0;
    uint32_t _summary_time = 0;  // the last ts; 0: none yet
};

}  // namespace lars
