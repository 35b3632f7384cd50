// The course's policy, as agent v0.10 of the stages has it: the idle hosts in turn, and
// each so many choices an overloaded one as a probe. host_health judges. Weights make no
// difference. One thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "host_health.h"
#include "lb_policy.h"

namespace lars {

class course_policy : public lb_policy {
public:
    course_policy() = default;
    std::unique_ptr<lb_policy> clone() const override;

    void add(host_slot host, uint32_t weight, const lb_config &config, lb_time now) override;
    void remove(host_slot host) override;
    void set_weight(host_slot, uint32_t) override {}

    lb_choice choose(const lb_config &config, lb_time now, host_slot *out) override;
    health_change report(host_slot host, bool success, uint32_t timecost_ms,
                         const lb_config &config, lb_time now) override;
    std::vector<slot_change> count_interval(const std::vector<slot_interval> &counted,
                                            const lb_config &config, lb_time now) override;
    std::optional<host_slot> probe_due(const lb_config &config, lb_time now) override;
    host_in_table in_table(host_slot host) const override
    {
        return {overloaded(host), !overloaded(host), 1};
    }
    std::vector<slot_change> check_deadlines(const lb_config &config, lb_time now) override;
    std::optional<lb_time> next_deadline() const override;

    bool overloaded(host_slot host) const override { return _slots[host]->health.overloaded(); }
    host_account account(host_slot host, const lb_config &config, lb_time now) const override;

    // For tests. Valid until the host is removed.
    const host_health &health(host_slot host) const { return _slots[host]->health; }

private:
    struct member {
        host_slot slot;
        host_health health;
    };
    using member_list = std::list<member>;

    void move_to_its_list(member_list::iterator at, member_list &from);
    void check_list(member_list &list, const lb_config &config, lb_time now,
                    std::vector<slot_change> *changes);

    // Each host is in the list of its state.
    member_list _idle;
    member_list _overload;
    std::vector<member_list::iterator> _slots;
    uint32_t _choices_since_probe = 0;
    // Of those counted in the last interval, the ones after the next probe was due.
    uint32_t _choices_beyond = 0;
};

}  // namespace lars
