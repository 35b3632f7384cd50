// The hosts of one module and the choice among them: the idle ones in turn, and now and
// then an overloaded one as a probe. It looks at no clock and does no I/O: NOW is the
// time, which never goes back. One thread.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "endpoint.h"
#include "host_health.h"
#include "lb_config.h"
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
    enum class choice {
        host,        // there is a host to call
        overloaded,  // all hosts are overloaded, and it is not a probe's turn
        no_hosts,    // the route is empty
    };

    // Chooses the host to call next. With choice::host it is in *OUT, which is unchanged
    // otherwise.
    choice choose_host(const lb_config &config, endpoint *out);

    // Counts a call, which took TIMECOST_MS. A host that is not in the route is ignored.
    // Returns the change of the host's state, if that was one.
    std::optional<host_change> report(const endpoint &address, bool success, uint32_t timecost_ms,
                                      const lb_config &config, lb_time now);

    // Replaces the route by HOSTS, each of which is there once. Those that stay keep their
    // counts and state, new ones begin idle, and the others are forgotten but for their
    // calls.
    void update(const std::vector<route_host> &hosts, const lb_config &config, lb_time now);

    // Ends the windows and time-outs that are over at NOW. Returns what that has changed.
    std::vector<host_change> check_deadlines(const lb_config &config, lb_time now);
    // When to call check_deadlines(); nothing if there are no hosts.
    std::optional<lb_time> next_deadline() const;

    // Whether there are no hosts.
    bool empty() const { return _route.empty(); }
    // The hosts of the last update(), in its order. Valid until the next one.
    const std::vector<route_host> &route() const { return _route; }
    // For tests. The health of a host; null if it is not in the route. Valid until the
    // next update().
    const host_health *find(const endpoint &address) const;

    // Returns, for every host, the calls since the last time; also for hosts that have
    // left the route since then. Empty if there was no call at all.
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
