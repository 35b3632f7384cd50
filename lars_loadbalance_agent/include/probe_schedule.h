// When which overloaded host of a module is probed, under the adaptive policy. The module
// has a gap, in choices, that doubles with each probe and is small again after one
// that succeeds. Each host has a wait, in time, that doubles with each of its probes.
// So a dead host costs little of many calls, and little of few. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lb_policy.h"

namespace lars {

class probe_schedule {
public:
    // A host is set aside; HOSTS is how many the module has. Its waits go on from where
    // they were, unless BEGINS_ANEW.
    void add(host_slot host, bool begins_anew, size_t hosts, const lb_config &config, lb_time now);
    // An overloaded host is idle, or gone. Does nothing if it is not in the schedule.
    void remove(host_slot host);

    bool empty() const { return _waiting.empty(); }

    // To be called for each choice. Returns the host to probe, if one is due now.
    std::optional<host_slot> next(size_t hosts, const lb_config &config, lb_time now);
    // The host is called without regard to the schedule, which is as good as a probe.
    void note_calls(host_slot host, uint64_t calls) { _hosts[host].under_way += calls; }

    // The host's call is reported. Returns false if that cannot be a probe: all those that
    // were handed out are reported already.
    bool take_result(host_slot host, bool success, const lb_config &config);

    // The same for clients of the table, who choose by themselves. So many choices were
    // made in an interval that is over. Those above the gap count for the next one, if a
    // probe is handed out now.
    void note_choices(uint64_t choices);
    // To be called then. Returns the host to probe, if one is due.
    std::optional<host_slot> due(size_t hosts, const lb_config &config, lb_time now);
    // The host's calls are reported. Returns how many of them can be probes: failures first,
    // since their order is not known.
    struct results {
        uint64_t successes = 0;
        uint64_t failures = 0;
    };
    results take_results(host_slot host, const results &reported, const lb_config &config);

    // When the host's wait is over, or nothing if it does not wait but for the gap.
    std::optional<lb_time> wait_ends(host_slot host) const;
    uint32_t choices_to_wait() const { return _gap > _choices ? _gap - _choices : 0; }

private:
    struct member {
        lb_config::milliseconds wait{0};  // the one that comes next; 0: the first
        lb_time due{};
        bool succeeded = false;  // its last probe; it is probed again without a wait
        uint64_t under_way = 0;  // calls handed out while it is here, and not reported
    };

    void grow_wait(member &host, const lb_config &config, lb_time now);
    uint32_t apply_bounds(size_t hosts, const lb_config &config, lb_time now);
    host_slot hand_out(uint32_t greatest_gap, const lb_config &config, lb_time now);
    void shorten_waits(const lb_config &config, lb_time now);
    void find_next_due();

    std::vector<member> _hosts;       // by slot
    std::vector<host_slot> _waiting;  // those set aside
    uint32_t _gap = 0;
    uint32_t _choices = 0;                     // since the last probe
    uint32_t _choices_beyond = 0;              // of the last interval, those above the gap
    lb_time _next_due = lb_time::max();        // of those set aside, the earliest
    lb_config::milliseconds _longest_wait{0};  // the bound at the last choice
};

}  // namespace lars
