#include "route_lb.h"

#include <algorithm>
#include <utility>

namespace lars {

// An empty answer is believed for so long before the dns is asked again.
static constexpr std::chrono::seconds EMPTY_ANSWER_LASTS(1);
// A module without hosts is forgotten when nobody has asked for so long.
static constexpr std::chrono::minutes UNUSED_LASTS(10);
static constexpr std::chrono::minutes FORGET_INTERVAL(1);
// A result is at most 40 bytes, so this many always fit a message.
static constexpr size_t RESULTS_PER_MESSAGE = 1000;

route_lb::route_lb(const lb_config &config, pull_callback pull, state_callback on_state)
    : _config(config), _pull(std::move(pull)), _on_state(std::move(on_state))
{
}

route_lb::module *route_lb::use(module_id id, lb_time now)
{
    auto found = _modules.find(id);
    if (found == _modules.end()) {
        if (_modules.size() >= MAX_MODULES)
            return nullptr;
        if (_modules.empty())
            _next_forget = now + FORGET_INTERVAL;
        found = _modules.try_emplace(id).first;
    }
    found->second.used = now;
    refresh(id, found->second, now);
    return &found->second;
}

void route_lb::refresh(module_id id, module &used, lb_time now)
{
    if (used.pulling)
        return;
    const auto lasts = used.hosts.empty() ? EMPTY_ANSWER_LASTS : _config.update_timeout;
    if (used.answered && now - used.updated < lasts)
        return;
    used.pulling = true;
    _pull(id);
}

LarsRetCode route_lb::get_host(module_id id, lb_time now, endpoint *out)
{
    module *used = use(id, now);
    if (!used)
        return RET_NOEXIST;
    switch (used->hosts.choose_host(_config, out)) {
    case load_balance::choice::host: return RET_SUCC;
    case load_balance::choice::overloaded: return RET_OVERLOAD;
    case load_balance::choice::no_hosts: break;
    }
    return RET_NOEXIST;
}

const std::vector<endpoint> &route_lb::get_route(module_id id, lb_time now)
{
    static const std::vector<endpoint> nothing;
    module *used = use(id, now);
    return used ? used->hosts.route() : nothing;
}

void route_lb::report(module_id id, const endpoint &host, bool success, uint32_t timecost_ms,
                      lb_time now)
{
    const auto found = _modules.find(id);
    if (found == _modules.end())
        return;
    module &reported = found->second;
    reported.has_calls = true;
    const auto told = [&](const host_info &changed, const char *why) {
        _on_state(id, changed, why);
        schedule(id, reported);
    };
    // By reference, as a copy of it would be allocated for each report.
    reported.hosts.report(host, success, timecost_ms, _config, now, std::cref(told));
}

void route_lb::update(module_id id, const std::vector<endpoint> &hosts, lb_time now)
{
    const auto found = _modules.find(id);
    if (found == _modules.end())
        return;
    module &updated = found->second;
    updated.pulling = false;
    updated.answered = true;
    updated.updated = now;
    updated.hosts.update(hosts, _config, now);
    schedule(id, updated);
}

void route_lb::restore(module_id id, const std::vector<endpoint> &hosts, lb_time now)
{
    if (_modules.size() >= MAX_MODULES)
        return;
    if (_modules.empty())
        _next_forget = now + FORGET_INTERVAL;
    module &restored = _modules[id];
    restored.used = now;
    restored.hosts.update(hosts, _config, now);
    schedule(id, restored);
}

void route_lb::schedule(module_id id, module &changed)
{
    const auto next = changed.hosts.next_deadline();
    if (!next || *next == changed.deadline)
        return;
    changed.deadline = *next;
    _deadlines.push({*next, id});
}

std::optional<lb_time> route_lb::next_deadline() const
{
    if (_modules.empty())
        return std::nullopt;
    return _deadlines.empty() ? _next_forget : std::min(_next_forget, _deadlines.top().when);
}

void route_lb::check_deadlines(lb_time now)
{
    while (!_deadlines.empty() && _deadlines.top().when <= now) {
        const deadline due = _deadlines.top();
        _deadlines.pop();
        const auto found = _modules.find(due.id);
        if (found == _modules.end() || found->second.deadline != due.when)
            continue;
        module &checked = found->second;
        checked.hosts.check_deadlines(_config, now, [&](const host_info &host, const char *why) {
            _on_state(due.id, host, why);
        });
        checked.deadline = lb_time();
        schedule(due.id, checked);
    }
    if (now >= _next_forget) {
        _next_forget = now + FORGET_INTERVAL;
        forget_unused(now);
    }
}

void route_lb::forget_unused(lb_time now)
{
    for (auto it = _modules.begin(); it != _modules.end();) {
        const module &m = it->second;
        if (m.hosts.empty() && !m.pulling && !m.has_calls && now - m.used > UNUSED_LASTS)
            it = _modules.erase(it);
        else
            ++it;
    }
}

void route_lb::take_reports(uint32_t caller_ip, uint32_t now_seconds,
                            const std::function<void(ReportStatusRequest)> &each)
{
    for (auto &[id, m] : _modules) {
        if (!std::exchange(m.has_calls, false))
            continue;
        const std::vector<load_balance::call_sum> sums = m.hosts.take_sums();
        for (size_t first = 0; first < sums.size(); first += RESULTS_PER_MESSAGE) {
            ReportStatusRequest message;
            message.set_modid(id.modid);
            message.set_cmdid(id.cmdid);
            message.set_caller(static_cast<int32_t>(caller_ip));
            message.set_ts(now_seconds);
            for (size_t i = first; i < sums.size() && i < first + RESULTS_PER_MESSAGE; ++i) {
                HostCallResult *result = message.add_results();
                result->set_ip(static_cast<int32_t>(sums[i].address.ip));
                result->set_port(sums[i].address.port);
                result->set_succ(sums[i].succ);
                result->set_err(sums[i].err);
                result->set_overload(sums[i].overloaded);
            }
            each(std::move(message));
        }
    }
}

const load_balance *route_lb::find(module_id id) const
{
    const auto found = _modules.find(id);
    return found == _modules.end() ? nullptr : &found->second.hosts;
}

}  // namespace lars
