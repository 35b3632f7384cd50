#include "load_balance.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "adaptive_policy.h"
#include "course_policy.h"

namespace lars {

// Hosts that left with calls not yet taken: while the reporter is away, they may
// come and go for days.
static constexpr size_t MAX_DEPARTED = 10000;

std::unique_ptr<lb_policy> make_policy(const lb_config &config, uint32_t seed)
{
    if (config.policy == balance_policy::course)
        return std::make_unique<course_policy>();
    return std::make_unique<adaptive_policy>(seed);
}

load_balance::choice load_balance::choose_host(const lb_config &config, lb_time now, endpoint *out,
                                               bool *is_probe)
{
    if (_slots.empty())
        return choice::no_hosts;
    host_slot chosen = 0;
    const choice made = _policy->choose(config, now, &chosen);
    if (made != choice::host)
        return made;
    *out = _members[chosen].calls.address;
    if (is_probe)
        *is_probe = _policy->overloaded(chosen);
    return made;
}

std::optional<host_change> load_balance::report(const endpoint &address, bool success,
                                                uint32_t timecost_ms, const lb_config &config,
                                                lb_time now)
{
    const auto found = _slots.find(address);
    if (found == _slots.end())
        return std::nullopt;
    _members[found->second].calls.add(success);
    const health_change why = _policy->report(found->second, success, timecost_ms, config, now);
    if (why == health_change::none)
        return std::nullopt;
    return changed(found->second, why, now);
}

std::vector<load_balance::shown_host> load_balance::hosts_in_table() const
{
    std::vector<shown_host> all;
    all.reserve(_slots.size());
    for (const auto &[address, slot] : _slots)
        all.push_back({address, slot, _policy->in_table(slot), _members[slot].since});
    return all;
}

uint64_t load_balance::table_version() const
{
    return _version_before + (_policy ? _policy->table_version() : 0);
}

// A number that is free has no address.
bool load_balance::is_at(host_slot slot, const endpoint &address) const
{
    return slot < _members.size() && _members[slot].calls.address == address;
}

void load_balance::add_interval(const endpoint &address, const host_interval &counted,
                                host_slot *seen)
{
    if (!is_at(*seen, address)) {
        const auto found = _slots.find(address);
        if (found == _slots.end())
            return;
        *seen = found->second;
    }
    if (!counted.any())
        return;
    member &m = _members[*seen];
    if (!m.interval.any())
        _in_interval.push_back(*seen);
    m.interval.add(counted);
    m.calls.add(counted.all_successes(), counted.all_failures());
}

std::vector<host_change> load_balance::end_interval(const lb_config &config, lb_time now)
{
    std::vector<slot_interval> counted;
    counted.reserve(_in_interval.size());
    for (const host_slot slot : _in_interval) {
        host_interval &interval = _members[slot].interval;
        if (interval.any())
            counted.push_back({slot, std::exchange(interval, {})});
    }
    _in_interval.clear();
    std::vector<host_change> changes;
    if (counted.empty())
        return changes;
    for (const slot_change &change : _policy->count_interval(counted, config, now))
        changes.push_back(changed(change.host, change.why, now));
    return changes;
}

std::optional<host_slot> load_balance::probe_due(const lb_config &config, lb_time now)
{
    return _policy ? _policy->probe_due(config, now) : std::nullopt;
}

host_change load_balance::changed(host_slot slot, health_change why, lb_time now)
{
    member &m = _members[slot];
    const bool overloaded = _policy->overloaded(slot);
    m.since = now;
    if (m.past.size() == MAX_PAST)
        m.past.erase(m.past.begin());
    m.past.push_back({now, why, overloaded});
    return {m.calls.address, overloaded, why};
}

void load_balance::add(const route_host &host, const lb_config &config, lb_time now)
{
    if (_free_slots.empty()) {
        _free_slots.push_back(static_cast<host_slot>(_members.size()));
        _members.emplace_back();
    }
    const host_slot slot = _free_slots.back();
    _free_slots.pop_back();
    member &added = _members[slot];
    added = {{host.address, 0, 0, false}, {}, host.weight, now, {}};
    if (const auto left_before = _departed.extract(host.address))
        added.calls = left_before.mapped();
    _slots.emplace(host.address, slot);
    _policy->add(slot, host.weight, config, now);
}

void load_balance::update(const std::vector<route_host> &hosts, const lb_config &config,
                          lb_time now)
{
    if (!_policy)
        _policy = make_policy(config, _seed);
    _route.clear();
    std::unordered_set<endpoint, endpoint_hash> wanted;
    for (const route_host &host : hosts) {
        if (host.weight == 0)
            continue;
        wanted.insert(host.address);
        _route.push_back(host);
        const auto found = _slots.find(host.address);
        if (found == _slots.end()) {
            add(host, config, now);
        } else if (_members[found->second].weight != host.weight) {
            _members[found->second].weight = host.weight;
            _policy->set_weight(found->second, host.weight);
        }
    }
    for (auto it = _slots.begin(); it != _slots.end();) {
        if (wanted.count(it->first) > 0) {
            ++it;
            continue;
        }
        forget(it->second);
        it = _slots.erase(it);
    }
}

void load_balance::forget(host_slot slot)
{
    const host_calls &calls = _members[slot].calls;
    if (calls.any() && _departed.size() < MAX_DEPARTED) {
        host_calls &left = _departed[calls.address];
        left = calls;
        left.overloaded = _policy->overloaded(slot);
    }
    _policy->remove(slot);
    _members[slot].interval = {};
    _members[slot].calls = {};
    _free_slots.push_back(slot);
}

std::vector<host_change> load_balance::change_policy(const lb_config &config, lb_time now)
{
    std::vector<host_change> changes;
    if (!_policy)
        return changes;
    const auto before = std::exchange(_policy, make_policy(config, _seed));
    _version_before += before->table_version() + 1;
    for (const route_host &host : _route) {
        const host_slot slot = _slots.at(host.address);
        _policy->add(slot, host.weight, config, now);
        if (before->overloaded(slot))
            changes.push_back(changed(slot, health_change::other_policy, now));
    }
    return changes;
}

std::vector<host_change> load_balance::check_deadlines(const lb_config &config, lb_time now)
{
    std::vector<host_change> changes;
    if (!_policy)
        return changes;
    for (const slot_change &change : _policy->check_deadlines(config, now))
        changes.push_back(changed(change.host, change.why, now));
    return changes;
}

std::optional<lb_time> load_balance::next_deadline() const
{
    return _policy ? _policy->next_deadline() : std::nullopt;
}

std::optional<host_slot> load_balance::slot_of(const endpoint &address) const
{
    const auto found = _slots.find(address);
    return found == _slots.end() ? std::nullopt : std::optional(found->second);
}

size_t load_balance::overloaded_hosts() const
{
    return static_cast<size_t>(
        std::count_if(_slots.begin(), _slots.end(),
                      [this](const auto &host) { return _policy->overloaded(host.second); }));
}

bool load_balance::overloaded(const endpoint &address) const
{
    const auto slot = slot_of(address);
    return slot && _policy->overloaded(*slot);
}

std::vector<host_calls> load_balance::take_calls()
{
    std::vector<host_calls> all;
    for (const auto &[host, calls] : _departed)
        all.push_back(calls);
    _departed.clear();
    bool any = !all.empty();
    for (const route_host &host : _route) {
        const host_slot slot = _slots.at(host.address);
        host_calls &calls = _members[slot].calls;
        any = any || calls.any();
        all.push_back(calls);
        all.back().overloaded = _policy->overloaded(slot);
        calls.succ = calls.err = 0;
    }
    return any ? all : std::vector<host_calls>();
}

load_balance::explanation load_balance::explain(const endpoint &address, const lb_config &config,
                                                lb_time now) const
{
    const auto slot = slot_of(address);
    if (!slot)
        return {};
    const member &m = _members[*slot];
    return {_policy->overloaded(*slot), m.since, m.past, _policy->account(*slot, config, now)};
}

std::vector<endpoint> load_balance::next_choices(size_t count, const lb_config &config,
                                                 lb_time now) const
{
    std::vector<endpoint> next;
    if (_slots.empty())
        return next;
    const auto trial = _policy->clone();
    for (size_t i = 0; i < count; ++i) {
        host_slot chosen = 0;
        const bool any = trial->choose(config, now, &chosen) == choice::host;
        next.push_back(any ? _members[chosen].calls.address : endpoint());
    }
    return next;
}

}  // namespace lars
