#include "load_balance.h"

#include <algorithm>
#include <unordered_set>

namespace lars {

// Hosts that left with calls not yet reported: while the reporter is away, they
// may come and go for days.
static constexpr size_t MAX_DEPARTED = 10000;

load_balance::choice load_balance::choose_host(const lb_config &config, endpoint *out)
{
    if (_hosts.empty())
        return choice::no_hosts;

    host_list *from = &_idle;
    if (!_overload.empty()) {
        if (_choices_since_probe >= config.probe_num) {
            _choices_since_probe = 0;
            from = &_overload;
        } else {
            ++_choices_since_probe;
            if (_idle.empty())
                return choice::overloaded;
        }
    }
    *out = from->front().address;
    from->splice(from->end(), *from, from->begin());
    return choice::host;
}

void load_balance::report(const endpoint &address, bool success, uint32_t timecost_ms,
                          const lb_config &config, lb_time now, const state_callback &on_state)
{
    const auto found = _hosts.find(key(address));
    if (found == _hosts.end())
        return;
    host_info &host = *found->second;
    if (success) {
        host.count_success();
        if (host.overloaded && host.should_recover(config)) {
            to_idle(found->second, config, now);
            on_state(host, "probes succeed");
        }
    } else {
        host.count_failure(timecost_ms);
        if (!host.overloaded && host.should_overload(config)) {
            to_overload(found->second, config, now);
            on_state(host, "calls fail");
        }
    }
}

void load_balance::to_idle(host_list::iterator host, const lb_config &config, lb_time now)
{
    host->bad_windows = 0;
    host->enter_idle(config, now);
    _idle.splice(_idle.end(), _overload, host);
    if (_overload.empty())
        _choices_since_probe = 0;
}

void load_balance::to_overload(host_list::iterator host, const lb_config &config, lb_time now)
{
    host->enter_overload(config, now);
    _overload.splice(_overload.end(), _idle, host);
}

void load_balance::update(const std::vector<endpoint> &hosts, const lb_config &config, lb_time now)
{
    std::unordered_set<uint64_t> wanted;
    for (const endpoint &address : hosts) {
        wanted.insert(key(address));
        if (_hosts.count(key(address)) > 0)
            continue;
        host_info &added = _idle.emplace_back();
        added.address = address;
        added.enter_idle(config, now);
        const auto left_before = _departed.find(key(address));
        if (left_before != _departed.end()) {
            added.sum_succ = left_before->second.succ;
            added.sum_err = left_before->second.err;
            _departed.erase(left_before);
        }
        _hosts.emplace(key(address), std::prev(_idle.end()));
    }
    for (auto it = _hosts.begin(); it != _hosts.end();) {
        if (wanted.count(it->first) > 0) {
            ++it;
            continue;
        }
        const host_info &gone = *it->second;
        if ((gone.sum_succ > 0 || gone.sum_err > 0) && _departed.size() < MAX_DEPARTED)
            _departed[it->first] = {gone.address, gone.sum_succ, gone.sum_err, gone.overloaded};
        (gone.overloaded ? _overload : _idle).erase(it->second);
        it = _hosts.erase(it);
    }
    if (_overload.empty())
        _choices_since_probe = 0;
    _route = hosts;
}

void load_balance::check_deadlines(const lb_config &config, lb_time now,
                                   const state_callback &on_state)
{
    // Hosts change lists meanwhile; one that has been looked at has a later
    // deadline and is passed over in its new list.
    for (auto next = _idle.begin(); next != _idle.end();) {
        const auto host = next++;
        if (host->deadline <= now)
            end_window(host, config, now, on_state);
    }
    for (auto next = _overload.begin(); next != _overload.end();) {
        const auto host = next++;
        if (host->deadline <= now)
            end_overload(host, config, now, on_state);
    }
}

void load_balance::end_window(host_list::iterator host, const lb_config &config, lb_time now,
                              const state_callback &on_state)
{
    host->bad_windows = host->window_is_bad(config) ? host->bad_windows + 1 : 0;
    if (host->bad_windows >= 2) {
        to_overload(host, config, now);
        on_state(*host, "two bad windows in a row");
    } else {
        // As if it had just become idle: long good history must not hide a new
        // failure.
        host->enter_idle(config, now);
    }
}

void load_balance::end_overload(host_list::iterator host, const lb_config &config, lb_time now,
                                const state_callback &on_state)
{
    if (host->probe_failed) {
        host->probe_failed = false;
        host->deadline = now + config.overload_timeout;
        return;
    }
    to_idle(host, config, now);
    on_state(*host, "overload time-out");
}

std::optional<lb_time> load_balance::next_deadline() const
{
    std::optional<lb_time> next;
    for (const host_list *list : {&_idle, &_overload}) {
        for (const host_info &host : *list)
            next = next ? std::min(*next, host.deadline) : host.deadline;
    }
    return next;
}

const host_info *load_balance::find(const endpoint &address) const
{
    const auto found = _hosts.find(key(address));
    return found == _hosts.end() ? nullptr : &*found->second;
}

std::vector<load_balance::call_sum> load_balance::take_sums()
{
    std::vector<call_sum> sums;
    for (const auto &[host_key, sum] : _departed)
        sums.push_back(sum);
    _departed.clear();
    bool any = !sums.empty();
    for (const endpoint &address : _route) {
        host_info &host = *_hosts.at(key(address));
        any = any || host.sum_succ > 0 || host.sum_err > 0;
        sums.push_back({host.address, host.sum_succ, host.sum_err, host.overloaded});
        host.sum_succ = host.sum_err = 0;
    }
    return any ? sums : std::vector<call_sum>();
}

}  // namespace lars
