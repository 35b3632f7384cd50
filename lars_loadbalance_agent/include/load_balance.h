// The hosts of one module and the choice among them: a turn of the idle ones, and
// now and then a probe of the overloaded ones. Takes the time as an argument and
// does no I/O. One thread.
#pragma once

#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "host_health.h"
#include "lb_config.h"
#include "route.h"

namespace lars {

// A host of a module has become overloaded, or idle again.
struct host_change {
    endpoint host;
    bool overloaded;
    health_change why;
};

class load_balance {
public:
    enum class choice { host, overloaded, no_hosts };

    // The host to call next goes to *OUT.
    choice choose_host(const lb_config &config, endpoint *out);

    // Counts a call. A host that is not in the route is ignored. Nothing comes back
    // unless that has changed the host's state.
    std::optional<host_change> report(const endpoint &host, bool success, uint32_t timecost_ms,
                                      const lb_config &config, lb_time now);

    // Replaces the route: hosts that stay keep their counts and state, new ones
    // start idle, the others are forgotten. HOSTS: each once.
    void update(const std::vector<route_host> &hosts, const lb_config &config, lb_time now);

    // Ends the windows and time-outs that are over at NOW.
    std::vector<host_change> check_deadlines(const lb_config &config, lb_time now);
    // When to call that again; nothing without hosts.
    std::optional<lb_time> next_deadline() const;

    bool empty() const { return _route.empty(); }
    // In the order of the last update.
    const std::vector<route_host> &route() const { return _route; }
    // For tests. Null when it is not in the route. Valid until the next update.
    const host_health *find(const endpoint &host) const;

    // The calls since the last time this was asked, of every host; also of hosts that
    // have left the route since. Empty where there were none at all.
    std::vector<host_calls> take_calls();

private:
    struct member {
        host_health health;
        host_calls calls;  // the address, and the calls not yet taken
    };
    using member_list = std::list<member>;

    void move_to_its_list(member_list::iterator at, member_list &from);
    void check_list(member_list &list, const lb_config &config, lb_time now,
                    std::vector<host_change> *changes);
    void forget(const member &gone);

    // Each host is in the list of its state.
    member_list _idle;
    member_list _overload;
    std::unordered_map<endpoint, member_list::iterator, endpoint_hash> _members;
    std::vector<route_host> _route;
    uint32_t _choices_since_probe = 0;
    // Left with calls not yet taken.
    std::unordered_map<endpoint, host_calls, endpoint_hash> _departed;
};

}  // namespace lars
