#include "route_lb.h"

#include <algorithm>
#include <utility>

namespace lars {

// An empty answer is believed for so long before the dns is asked again.
static constexpr std::chrono::seconds EMPTY_ANSWER_LASTS(1);
// A module without hosts is forgotten when nobody has asked for so long.
static constexpr std::chrono::minutes UNUSED_LASTS(10);
static constexpr std::chrono::minutes FORGET_INTERVAL(1);

route_lb::route_lb(const lb_config &config, pull_callback pull, uint32_t seed)
    : _config(config), _pull(std::move(pull)), _seeds(seed)
{
}

std::vector<module_change> route_lb::set_config(const lb_config &config, lb_time now)
{
    std::vector<module_change> changes;
    const bool other_policy = config.policy != _config.policy;
    _config = config;
    if (!other_policy)
        return changes;
    for (auto &[module, known] : _modules) {
        for (const host_change &change : known.hosts.change_policy(_config, now))
            changes.push_back({module, change});
        schedule(module, known);
        tell_watcher(module, known, now);
    }
    return changes;
}

route_lb::known_module &route_lb::make_known(const module_id &module, lb_time now)
{
    known_module &made =
        _modules.try_emplace(module, static_cast<uint32_t>(_seeds())).first->second;
    made.updated = now;
    return made;
}

// Null if the module has no hosts, as far as is known.
route_lb::known_module *route_lb::use(const module_id &module, lb_time now)
{
    const auto found = _modules.find(module);
    if (found == _modules.end()) {
        ask_for(module, now);
        return nullptr;
    }
    touch(module, found->second, now);
    return &found->second;
}

void route_lb::touch(const module_id &module, known_module &used, lb_time now)
{
    used.used = now;
    refresh(module, !used.hosts.empty(), used, now);
}

void route_lb::ask_for(const module_id &module, lb_time now)
{
    recently_asked::question *asked = _asked.find(module);
    if (!asked)
        asked = _asked.add(module, now);
    if (!asked) {
        ++_questions_refused;
        return;
    }
    if (_next_forget == lb_time())
        _next_forget = now + FORGET_INTERVAL;
    asked->used = now;
    refresh(module, false, *asked, now);
}

template <typename asked>
void route_lb::refresh(const module_id &module, bool has_hosts, asked &used, lb_time now)
{
    if (used.pulling)
        return;
    const auto lasts = has_hosts ? _config.update_timeout : EMPTY_ANSWER_LASTS;
    if (used.answered && now - used.updated < lasts)
        return;
    used.pulling = true;
    _pull(module);
}

load_balance::choice route_lb::get_host(const module_id &module, lb_time now, endpoint *out,
                                        bool *is_probe)
{
    known_module *used = use(module, now);
    if (!used)
        return load_balance::choice::no_hosts;
    const load_balance::choice made = used->hosts.choose_host(_config, now, out, is_probe);
    tell_watcher(module, *used, now);
    return made;
}

std::vector<route_lb::host_states> route_lb::all_host_states() const
{
    std::vector<host_states> all;
    all.reserve(_modules.size());
    for (const auto &[module, known] : _modules) {
        const size_t overloaded = known.hosts.overloaded_hosts();
        all.push_back({module, known.hosts.route().size() - overloaded, overloaded});
    }
    return all;
}

const std::vector<route_host> &route_lb::get_route(const module_id &module, lb_time now)
{
    static const std::vector<route_host> nothing;
    known_module *used = use(module, now);
    return used ? used->hosts.route() : nothing;
}

std::optional<host_change> route_lb::report(const call_report &call, lb_time now)
{
    const auto found = _modules.find(call.module);
    if (found == _modules.end())
        return std::nullopt;
    known_module &reported = found->second;
    reported.has_calls = true;
    const auto change =
        reported.hosts.report(call.address, call.success, call.timecost_ms, _config, now);
    if (change)
        schedule(call.module, reported);
    tell_watcher(call.module, reported, now);
    return change;
}

// A module that was asked for is known once it has hosts.
route_lb::known_module *route_lb::made_known_by(const module_route &route, lb_time now)
{
    const recently_asked::question *asked = _asked.find(route.module);
    if (!asked)
        return nullptr;
    const bool full = _modules.size() >= MAX_MODULES;
    if (route.hosts.empty() || full) {
        _modules_refused += route.hosts.empty() ? 0 : 1;
        _asked.answer(route.module, now);
        return nullptr;
    }
    known_module &made = make_known(route.module, now);
    made.used = asked->used;
    _asked.remove(route.module);
    return &made;
}

void route_lb::update(const module_route &route, lb_time now)
{
    const auto found = _modules.find(route.module);
    known_module *updated = found == _modules.end() ? made_known_by(route, now) : &found->second;
    if (!updated)
        return;
    updated->pulling = false;
    updated->answered = true;
    updated->updated = now;
    updated->hosts.update(route.hosts, _config, now);
    schedule(route.module, *updated);
    tell_watcher(route.module, *updated, now);
}

void route_lb::restore(const module_route &route, lb_time now)
{
    if (_modules.size() >= MAX_MODULES) {
        ++_modules_refused;
        return;
    }
    if (_next_forget == lb_time())
        _next_forget = now + FORGET_INTERVAL;
    known_module &restored = make_known(route.module, now);
    restored.used = now;
    restored.hosts.update(route.hosts, _config, now);
    schedule(route.module, restored);
    tell_watcher(route.module, restored, now);
}

void route_lb::schedule(const module_id &module, known_module &changed)
{
    const auto next = changed.hosts.next_deadline();
    if (!next || *next == changed.deadline)
        return;
    changed.deadline = *next;
    _deadlines.push({*next, module});
}

std::optional<lb_time> route_lb::next_deadline() const
{
    if (_next_forget == lb_time())
        return std::nullopt;
    return _deadlines.empty() ? _next_forget : std::min(_next_forget, _deadlines.top().when);
}

std::vector<module_change> route_lb::check_deadlines(lb_time now)
{
    std::vector<module_change> changes;
    while (!_deadlines.empty() && _deadlines.top().when <= now) {
        const deadline due = _deadlines.top();
        _deadlines.pop();
        const auto found = _modules.find(due.module);
        if (found == _modules.end() || found->second.deadline != due.when)
            continue;
        known_module &checked = found->second;
        for (const host_change &change : checked.hosts.check_deadlines(_config, now))
            changes.push_back({due.module, change});
        checked.deadline = lb_time();
        schedule(due.module, checked);
        tell_watcher(due.module, checked, now);
    }
    if (_next_forget != lb_time() && now >= _next_forget)
        forget_unused(now);
    return changes;
}

void route_lb::forget_unused(lb_time now)
{
    hide_unused(now - UNUSED_LASTS);
    for (auto it = _modules.begin(); it != _modules.end();) {
        const known_module &m = it->second;
        const bool is_needed = !m.hosts.empty() || m.pulling || m.has_calls || m.in_interval;
        if (!is_needed && now - m.used > UNUSED_LASTS)
            it = _modules.erase(it);
        else
            ++it;
    }
    _asked.forget_unused(now - UNUSED_LASTS);
    const bool nothing_left = _modules.empty() && _asked.size() == 0;
    _next_forget = nothing_left ? lb_time() : now + FORGET_INTERVAL;
}

// What is older than the stored row is not stored: if this followed a clock that is set
// back, all would be lost until it has caught up. One that was wrong by more than a day
// has been put right.
uint32_t route_lb::next_summary_time(uint32_t now_seconds)
{
    constexpr uint32_t DAY = 86400;
    const bool set_back = now_seconds <= _summary_time && _summary_time - now_seconds <= DAY;
    _summary_time = set_back ? _summary_time + 1 : now_seconds;
    return _summary_time;
}

std::vector<call_summary> route_lb::take_summaries(uint32_t caller_ip, uint32_t now_seconds)
{
    const uint32_t ts = next_summary_time(now_seconds);
    std::vector<call_summary> summaries;
    for (auto &[module, m] : _modules) {
        if (!std::exchange(m.has_calls, false))
            continue;
        std::vector<host_calls> calls = m.hosts.take_calls();
        if (!calls.empty())
            summaries.push_back({module, caller_ip, ts, std::move(calls)});
    }
    return summaries;
}

const load_balance *route_lb::find(const module_id &module) const
{
    const auto found = _modules.find(module);
    if (found != _modules.end())
        return &found->second.hosts;
    return _asked.find(module) ? &_no_hosts : nullptr;
}

std::optional<route_lb::route_state> route_lb::state_of_route(const module_id &module) const
{
    const auto found = _modules.find(module);
    if (found != _modules.end()) {
        const known_module &m = found->second;
        return route_state{m.answered, m.pulling, m.updated};
    }
    if (const recently_asked::question *asked = _asked.find(module))
        return route_state{asked->answered, asked->pulling, asked->updated};
    return std::nullopt;
}

}  // namespace lars
