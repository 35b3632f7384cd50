// The hosts of one module: its route, the policy that judges them and chooses among
// them, and what people want to know about them: the calls for the reporter, and the
// changes of their states. It looks at no clock and does no I/O: NOW is the time, which
// never goes back. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "host_interval.h"
#include "lb_config.h"
#include "lb_policy.h"
#include "route.h"

namespace lars {

// A host of a module has become overloaded, or idle again.
struct host_change {
    endpoint address;
    bool overloaded;  // what it is now
    health_change why;
};

class load_balance {
public:
    using choice = lb_choice;

    // SEED decides where a turn begins, where the policy leaves that to chance.
    explicit load_balance(uint32_t seed = 1) : _seed(seed) {}

    // Chooses the host to call next. With choice::host it is in *OUT, and *IS_PROBE, unless
    // null, says whether it is one that is set aside; both are unchanged otherwise.
    choice choose_host(const lb_config &config, lb_time now, endpoint *out,
                       bool *is_probe = nullptr);

    // Counts a call, which took TIMECOST_MS. A host that is not in the route is ignored.
    // Returns the change of the host's state, if that was one.
    std::optional<host_change> report(const endpoint &address, bool success, uint32_t timecost_ms,
                                      const lb_config &config, lb_time now);

    // What clients choose by that read the table: the hosts of the route, in any order.
    struct shown_host {
        endpoint address;
        host_slot slot;  // its number, which another host may get when this one has left
        host_in_table what;
        lb_time since;  // when its state began
    };
    std::vector<shown_host> hosts_in_table() const;
    // Moves on whenever that is another.
    uint64_t table_version() const;

    // Adds to the interval that goes on what one client did with a host. A host that is not
    // in the route is ignored. The calls count for take_calls() at once. SEEN is the number
    // that the host had the last time, to be looked at first, and becomes that of today.
    void add_interval(const endpoint &address, const host_interval &counted, host_slot *seen);
    // Ends the interval. Returns what that has changed.
    std::vector<host_change> end_interval(const lb_config &config, lb_time now);
    // To be called after that. Returns an overloaded host if a probe is due: it is for one
    // client, or for another one where that does not take it, and counts as handed out.
    std::optional<host_slot> probe_due(const lb_config &config, lb_time now);

    // Replaces the route by HOSTS, each of which is there once; one with weight 0 is left
    // out. Those that stay keep what is known of them, new ones begin idle, and the others
    // are forgotten but for their calls.
    void update(const std::vector<route_host> &hosts, const lb_config &config, lb_time now);

    // To be called when CONFIG has come to name another policy: all hosts begin idle.
    // Returns those that were overloaded.
    std::vector<host_change> change_policy(const lb_config &config, lb_time now);

    // Does what the passing of time does. Returns what that has changed.
    std::vector<host_change> check_deadlines(const lb_config &config, lb_time now);
    // When to call check_deadlines(); nothing if time alone changes nothing.
    std::optional<lb_time> next_deadline() const;

    // Whether there are no hosts.
    bool empty() const { return _route.empty(); }
    // The hosts of the last update(), in its order. Valid until the next one.
    const std::vector<route_host> &route() const { return _route; }
    // How many hosts of the route are overloaded.
    size_t overloaded_hosts() const;
    // Whether a host of the route is overloaded.
    bool overloaded(const endpoint &address) const;

    // Returns, for every host, the calls since the last time; also for hosts that have
    // left the route since then. Empty if there was no call at all.
    std::vector<host_calls> take_calls();

    // What there is to say about a host of the route to a person who asks why.
    struct past_change {
        lb_time when;
        health_change why;
        bool overloaded;  // what it became
    };
    struct explanation {
        bool overloaded = false;
        lb_time since{};                // when its state began
        std::vector<past_change> past;  // the last MAX_PAST changes, the oldest first
        host_account account;
    };
    static constexpr size_t MAX_PAST = 10;
    explanation explain(const endpoint &address, const lb_config &config, lb_time now) const;
    // The next COUNT choices as they would be at NOW, if no call were reported between
    // them; port 0 where there would be no host. Nothing is changed.
    std::vector<endpoint> next_choices(size_t count, const lb_config &config, lb_time now) const;

    // For tests. The policy, null while there was no route; and a host's number there,
    // nothing if it is not in the route.
    const lb_policy *policy() const { return _policy.get(); }
    std::optional<host_slot> slot_of(const endpoint &address) const;

private:
    struct alignas(64) member {
        // What an interval needs, in two lines of memory.
        host_calls calls;        // the address, and the calls not yet taken
        host_interval interval;  // the one that goes on
        uint32_t weight = 0;
        lb_time since{};
        std::vector<past_change> past;
    };

    bool is_at(host_slot slot, const endpoint &address) const;
    void add(const route_host &host, const lb_config &config, lb_time now);
    void forget(host_slot slot);
    host_change changed(host_slot slot, health_change why, lb_time now);

    uint32_t _seed;
    std::unique_ptr<lb_policy> _policy;
    std::vector<member> _members;  // by slot
    std::vector<host_slot> _free_slots;
    std::unordered_map<endpoint, host_slot, endpoint_hash> _slots;
    std::vector<route_host> _route;
    std::vector<host_slot> _in_interval;  // may hold a slot twice, and one that is free
    uint64_t _version_before = 0;         // of the table, under earlier policies
    // Left with calls not yet taken.
    std::unordered_map<endpoint, host_calls, endpoint_hash> _departed;
};

}  // namespace lars
