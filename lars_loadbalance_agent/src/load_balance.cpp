#include "load_balance.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace lars {

// Hosts that left with calls not yet taken: while the reporter is away, they may
// come and go for days.
static constexpr size_t MAX_DEPARTED = 10000;

load_balance::choice load_balance::choose_host(const lb_config &config, endpoint *out)
{
    if (_members.empty())
        return choice::no_hosts;

    member_list *from = &_idle;
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
    *out = from->front().calls.address;
    from->splice(from->end(), *from, from->begin());
    return choice::host;
}

std::optional<host_change> load_balance::report(const endpoint &address, bool success,
                                                uint32_t timecost_ms, const lb_config &config,
                                                lb_time now)
{
    const auto found = _members.find(address);
    if (found == _members.end())
        return std::nullopt;
    member &reported = *found->second;
    member_list &list = reported.health.overloaded() ? _overload : _idle;
    reported.calls.add(success);
    const health_change change = success ? reported.health.count_success(config, now)
                                         : reported.health.count_failure(timecost_ms, config, now);
    if (change == health_change::none)
        return std::nullopt;
    move_to_its_list(found->second, list);
    return host_change{address, reported.health.overloaded(), change};
}

void load_balance::move_to_its_list(member_list::iterator at, member_list &from)
{
    member_list &to = at->health.overloaded() ? _overload : _idle;
    to.splice(to.end(), from, at);
    if (_overload.empty())
        _choices_since_probe = 0;
}

void load_balance::update(const std::vector<route_host> &hosts, const lb_config &config,
                          lb_time now)
{
    std::unordered_set<endpoint, endpoint_hash> wanted;
    for (const route_host &host : hosts) {
        wanted.insert(host.address);
        if (_members.count(host.address) > 0)
            continue;
        host_calls calls{host.address, 0, 0, false};
        if (const auto left_before = _departed.extract(host.address))
            calls = left_before.mapped();
        _idle.push_back({host_health(config, now), calls});
        _members.emplace(host.address, std::prev(_idle.end()));
    }
    for (auto it = _members.begin(); it != _members.end();) {
        if (wanted.count(it->first) > 0) {
            ++it;
            continue;
        }
        forget(*it->second);
        (it->second->health.overloaded() ? _overload : _idle).erase(it->second);
        it = _members.erase(it);
    }
    if (_overload.empty())
        _choices_since_probe = 0;
    _route = hosts;
}

void load_balance::forget(const member &gone)
{
    if (!gone.calls.any() || _departed.size() >= MAX_DEPARTED)
        return;
    host_calls &left = _departed[gone.calls.address];
    left = gone.calls;
    left.overloaded = gone.health.overloaded();
}

std::vector<host_change> load_balance::check_deadlines(const lb_config &config, lb_time now)
{
    // A host that changes its list is looked at only once: its new deadline is later.
    std::vector<host_change> changes;
    check_list(_idle, config, now, &changes);
    check_list(_overload, config, now, &changes);
    return changes;
}

void load_balance::check_list(member_list &list, const lb_config &config, lb_time now,
                              std::vector<host_change> *changes)
{
    for (auto next = list.begin(); next != list.end();) {
        const auto at = next++;
        const health_change change = at->health.check_deadline(config, now);
        if (change == health_change::none)
            continue;
        move_to_its_list(at, list);
        changes->push_back({at->calls.address, at->health.overloaded(), change});
    }
}

std::optional<lb_time> load_balance::next_deadline() const
{
    std::optional<lb_time> next;
    for (const member_list *list : {&_idle, &_overload}) {
        for (const member &m : *list)
            next = next ? std::min(*next, m.health.deadline()) : m.health.deadline();
    }
    return next;
}

const host_health *load_balance::find(const endpoint &address) const
{
    const auto found = _members.find(address);
    return found == _members.end() ? nullptr : &found->second->health;
}

std::vector<host_calls> load_balance::take_calls()
{
    std::vector<host_calls> all;
    for (const auto &[host, calls] : _departed)
        all.push_back(calls);
    _departed.clear();
    bool any = !all.empty();
    for (const route_host &host : _route) {
        member &m = *_members.at(host.address);
        any = any || m.calls.any();
        all.push_back(m.calls);
        all.back().overloaded = m.health.overloaded();
        m.calls.succ = m.calls.err = 0;
    }
    return any ? all : std::vector<host_calls>();
}

}  // namespace lars
