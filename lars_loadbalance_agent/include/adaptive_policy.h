// The policy of the final system: a host is set aside only where it fails clearly more
// than the others, is probed seldom while it fails, comes back by successful probes
// alone, and slowly. Where the others cannot bear the load, all are called. The hosts
// take turns by their weights. docs/balancing.md explains each rule. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "interval_comparison.h"
#include "lb_policy.h"
#include "probe_schedule.h"
#include "weighted_turn.h"

namespace lars {

class adaptive_policy : public lb_policy {
public:
    explicit adaptive_policy(uint32_t seed) : _turn(seed) {}
    std::unique_ptr<lb_policy> clone() const override
    {
        return std::make_unique<adaptive_policy>(*this);
    }

    void add(host_slot host, uint32_t weight, const lb_config &config, lb_time now) override;
    void remove(host_slot host) override;
    void set_weight(host_slot host, uint32_t weight) override;

    lb_choice choose(const lb_config &config, lb_time now, host_slot *out) override;
    health_change report(host_slot host, bool success, uint32_t timecost_ms,
                         const lb_config &config, lb_time now) override;

    std::vector<slot_change> count_interval(const std::vector<slot_interval> &counted,
                                            const lb_config &config, lb_time now) override;
    std::optional<host_slot> probe_due(const lb_config &config, lb_time now) override;
    host_in_table in_table(host_slot host) const override;

    // A host comes back by its probes, never by time alone.
    std::vector<slot_change> check_deadlines(const lb_config &, lb_time) override { return {}; }
    std::optional<lb_time> next_deadline() const override { return std::nullopt; }

    bool overloaded(host_slot host) const override { return _hosts[host].overloaded; }
    host_account account(host_slot host, const lb_config &config, lb_time now) const override;

private:
    struct member {
        bool in_use = false;
        bool overloaded = false;
        bool returned = false;  // has been overloaded since it was added
        bool ramping = false;   // returned, and does not have its whole share yet
        lb_time since{};        // when its state began
        double weight = 0;
        double share = 0;  // in the turn, as it was set last
        double evidence = 0;
        double pending = 0;  // evidence that counts when another host succeeds
        // The calls that it is remembered by; while it is idle.
        uint32_t calls = 0;
        uint32_t failures = 0;
        // The numbers of the reports that were the last ones of their kind; 0: none.
        uint64_t last_success = 0;
        uint64_t last_failure = 0;
    };

    bool counts_against(const member &other, const member &judged) const;
    double rate_of_best_other(const member &judged, const lb_config &config) const;
    bool is_late(const member &host, uint32_t timecost_ms, lb_time now) const;
    void remember(member &host, bool success, const lb_config &config);
    bool may_be_compared_with(const member &host, const lb_config &config) const;

    health_change report_idle(host_slot slot, bool success, const lb_config &config, lb_time now);
    health_change report_probe(host_slot slot, bool success, const lb_config &config, lb_time now);
    // What an interval means; in adaptive_interval.cpp.
    void note_choices(const std::vector<slot_interval> &counted);
    void remember_interval(const slot_interval &of, const lb_config &config);
    interval_comparison compare(const std::vector<slot_interval> &counted,
                                const lb_config &config) const;
    std::vector<host_slot> confirm_pending(const interval_comparison &others,
                                           const lb_config &config);
    void judge_idle(const slot_interval &of, const interval_comparison &others,
                    const lb_config &config);
    health_change judge_probes(const slot_interval &of, const interval_comparison &others,
                               const lb_config &config, lb_time now);

    void set_aside(host_slot slot, const lb_config &config, lb_time now);
    void bring_back(host_slot slot, const lb_config &config, lb_time now);

    void check_panic(const lb_config &config);
    void enter_panic();
    void leave_panic();

    void enter_turn(host_slot slot, double share);
    void change_share(host_slot slot, double share);
    double share_of(const member &host, const lb_config &config, lb_time now) const;
    void check_ramps(const lb_config &config, lb_time now);
    void advance_ramps(const lb_config &config, lb_time now);

    std::vector<member> _hosts;  // by slot
    size_t _size = 0;            // of those, in use
    size_t _idle = 0;            // of those, idle
    uint64_t _reports = 0;

    weighted_turn _turn;  // the idle hosts; in panic all of them
    probe_schedule _probes;
    bool _panic = false;
    size_t _ramping = 0;  // how many hosts are
    lb_time _next_ramp_step{};
};

}  // namespace lars
