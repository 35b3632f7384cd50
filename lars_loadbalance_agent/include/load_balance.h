// The hosts of one module and the choice among them: round robin over the idle
// ones, and now and then a probe of the overloaded ones. Takes the time as an
// argument and does no I/O. One thread.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "host_info.h"
#include "lb_config.h"

namespace lars {

class load_balance {
public:
    enum class choice { host, overloaded, no_hosts };

    // Told each time a host changes its state: WHY in a few words.
    using state_callback = std::function<void(const host_info &host, const char *why)>;

    // The host to call next goes to *OUT.
    choice choose_host(const lb_config &config, endpoint *out);

    // How a call went. A host that is not in the route is ignored.
    void report(const endpoint &address, bool success, uint32_t timecost_ms,
                const lb_config &config, lb_time now, const state_callback &on_state);

    // Replaces the route: hosts that stay keep their counts and state, new ones
    // start idle, the others are forgotten. HOSTS: each once.
    void update(const std::vector<endpoint> &hosts, const lb_config &config, lb_time now);

    // Ends the windows and time-outs that are over at NOW.
    void check_deadlines(const lb_config &config, lb_time now, const state_callback &on_state);
    // When to call that again; nothing without hosts.
    std::optional<lb_time> next_deadline() const;

    bool empty() const { return _route.empty(); }
    // In the order of the last update.
    const std::vector<endpoint> &route() const { return _route; }
    // Null when it is not in the route. Valid until the next update.
    const host_info *find(const endpoint &address) const;

    // The calls since the last time this was asked, of every host; also of hosts
    // that have left the route since, and empty where there were none at all.
    struct call_sum {
        endpoint address;
        uint32_t succ;
        uint32_t err;
        bool overloaded;
    };
    std::vector<call_sum> take_sums();

private:
    using host_list = std::list<host_info>;

    static uint64_t key(const endpoint &address)
    {
        return uint64_t{address.ip} << 16 | address.port;
    }
    void to_idle(host_list::iterator host, const lb_config &config, lb_time now);
    void to_overload(host_list::iterator host, const lb_config &config, lb_time now);
    void end_window(host_list::iterator host, const lb_config &config, lb_time now,
                    const state_callback &on_state);
    void end_overload(host_list::iterator host, const lb_config &config, lb_time now,
                      const state_callback &on_state);

    host_list _idle;
    host_list _overload;
    std::unordered_map<uint64_t, host_list::iterator> _hosts;
    std::vector<endpoint> _route;
    uint32_t _choices_since_probe = 0;
    std::unordered_map<uint64_t, call_sum> _departed;  // left with calls not yet reported
};

}  // namespace lars
