#include "course_policy.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lars {

std::unique_ptr<lb_policy> course_policy::clone() const
{
    auto copy = std::make_unique<course_policy>();
    copy->_choices_beyond = _choices_beyond;
    copy->_idle = _idle;
    copy->_overload = _overload;
    copy->_slots.resize(_slots.size());
    copy->_choices_since_probe = _choices_since_probe;
    for (member_list *list : {&copy->_idle, &copy->_overload}) {
        for (auto it = list->begin(); it != list->end(); ++it)
            copy->_slots[it->slot] = it;
    }
    return copy;
}

void course_policy::add(host_slot host, uint32_t, const lb_config &config, lb_time now)
{
    if (host >= _slots.size())
        _slots.resize(host + 1);
    _idle.push_back({host, host_health(config, now)});
    _slots[host] = std::prev(_idle.end());
    table_changed();
}

void course_policy::remove(host_slot host)
{
    const auto at = _slots[host];
    (at->health.overloaded() ? _overload : _idle).erase(at);
    if (_overload.empty())
        _choices_since_probe = _choices_beyond = 0;
    table_changed();
}

lb_choice course_policy::choose(const lb_config &config, lb_time, host_slot *out)
{
    if (_idle.empty() && _overload.empty())
        return lb_choice::no_hosts;

    member_list *from = &_idle;
    if (!_overload.empty()) {
        if (_choices_since_probe >= config.probe_num) {
            _choices_since_probe = _choices_beyond = 0;
            from = &_overload;
        } else {
            ++_choices_since_probe;
            if (_idle.empty())
                return lb_choice::overloaded;
        }
    }
    *out = from->front().slot;
    from->splice(from->end(), *from, from->begin());
    return lb_choice::host;
}

health_change course_policy::report(host_slot host, bool success, uint32_t timecost_ms,
                                    const lb_config &config, lb_time now)
{
    const auto at = _slots[host];
    member_list &list = at->health.overloaded() ? _overload : _idle;
    const health_change change = success ? at->health.count_success(config, now)
                                         : at->health.count_failure(timecost_ms, config, now);
    if (change != health_change::none)
        move_to_its_list(at, list);
    return change;
}

void course_policy::move_to_its_list(member_list::iterator at, member_list &from)
{
    member_list &to = at->health.overloaded() ? _overload : _idle;
    to.splice(to.end(), from, at);
    if (_overload.empty())
        _choices_since_probe = _choices_beyond = 0;
    table_changed();
}

std::vector<slot_change> course_policy::count_interval(const std::vector<slot_interval> &counted,
                                                       const lb_config &config, lb_time now)
{
    std::vector<slot_change> changes;
    // Choices count while a host is overloaded, so not those by which one has become it.
    const bool count_choices = !_overload.empty();
    uint64_t choices = 0;
    for (const slot_interval &of : counted) {
        choices += of.counted.plain_choices();
        const auto at = _slots[of.host];
        member_list &list = at->health.overloaded() ? _overload : _idle;
        const auto calls = of.counted.of_state(at->health.overloaded());
        const health_change change = at->health.count_interval(calls, config, now);
        if (change == health_change::none)
            continue;
        move_to_its_list(at, list);
        changes.push_back({of.host, change});
    }
    if (!count_choices || _overload.empty())
        return changes;
    const uint64_t all = _choices_since_probe + choices;
    _choices_since_probe = static_cast<uint32_t>(std::min<uint64_t>(all, config.probe_num));
    _choices_beyond = static_cast<uint32_t>(
        std::min({all - _choices_since_probe, choices, uint64_t{config.probe_num}}));
    return changes;
}

std::optional<host_slot> course_policy::probe_due(const lb_config &config, lb_time)
{
    if (_overload.empty() || _choices_since_probe < config.probe_num)
        return std::nullopt;
    // One more choice is needed at least: the next probe is for another interval.
    _choices_since_probe =
        std::min(std::exchange(_choices_beyond, 0), std::max(config.probe_num, 1u) - 1);
    _overload.splice(_overload.end(), _overload, _overload.begin());
    return _overload.back().slot;
}

std::vector<slot_change> course_policy::check_deadlines(const lb_config &config, lb_time now)
{
    // A host that changes its list is looked at only once: its new deadline is later.
    std::vector<slot_change> changes;
    check_list(_idle, config, now, &changes);
    check_list(_overload, config, now, &changes);
    return changes;
}

void course_policy::check_list(member_list &list, const lb_config &config, lb_time now,
                               std::vector<slot_change> *changes)
{
    for (auto next = list.begin(); next != list.end();) {
        const auto at = next++;
        const health_change change = at->health.check_deadline(config, now);
        if (change == health_change::none)
            continue;
        move_to_its_list(at, list);
        changes->push_back({at->slot, change});
    }
}

std::optional<lb_time> course_policy::next_deadline() const
{
    std::optional<lb_time> next;
    for (const member_list *list : {&_idle, &_overload}) {
        for (const member &m : *list)
            next = next ? std::min(*next, m.health.deadline()) : m.health.deadline();
    }
    return next;
}

host_account course_policy::account(host_slot host, const lb_config &config, lb_time now) const
{
    const host_health &health = _slots[host]->health;
    const host_health::counts &c = health.counted();
    host_account told;
    if (!health.overloaded())
        told.share = 1.0 / static_cast<double>(_idle.size());
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(health.deadline() - now);
    const auto text = [](auto number) { return std::to_string(number); };
    told.figures = {
        {"calls", text(c.rsucc + c.rerr)},
        {"failures", text(c.rerr)},
        {"virtual successes", text(c.vsucc)},
        {"virtual failures", text(c.verr)},
        {"successes in a row", text(c.contin_succ)},
        {"failures in a row", text(c.contin_err)},
        {health.overloaded() ? "overload time ends in" : "window ends in",
         text(left.count()) + " s"},
    };
    if (health.last_window_was_bad())
        told.figures.emplace_back("last window", "bad");
    if (health.overloaded())
        told.figures.emplace_back(
            "choices until the next probe",
            text(config.probe_num - std::min(config.probe_num, _choices_since_probe)));
    return told;
}

}  // namespace lars
