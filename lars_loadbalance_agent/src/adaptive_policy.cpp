#include "adaptive_policy.h"

#include <algorithm>
#include <cstdio>

namespace lars {

// A ramp is climbed in so many steps.
static constexpr int RAMP_STEPS = 50;
// How long a call may have taken and be known as one from before a change of state: a
// program that counts in another unit must not make its reports worth nothing.
static constexpr std::chrono::seconds LONGEST_CALL(60);

void adaptive_policy::add(host_slot host, uint32_t weight, const lb_config &, lb_time now)
{
    if (host >= _hosts.size())
        _hosts.resize(host + 1);
    member &added = _hosts[host];
    added = {};
    added.in_use = true;
    added.since = now;
    added.weight = weight;
    ++_size;
    ++_idle;
    enter_turn(host, added.weight);
}

void adaptive_policy::remove(host_slot host)
{
    member &removed = _hosts[host];
    if (!removed.overloaded || _panic)
        _turn.remove(host);
    _probes.remove(host);
    _idle -= !removed.overloaded;
    _ramping -= removed.ramping;
    removed = {};
    --_size;
    table_changed();
    if (_panic && _probes.empty())
        leave_panic();
    else if (!_panic && _idle == 0 && _size > 0)
        enter_panic();
}

void adaptive_policy::set_weight(host_slot host, uint32_t weight)
{
    member &changed = _hosts[host];
    if (changed.weight == weight)
        return;
    changed.weight = weight;
    // A ramp's next step makes it the part of this that it should be.
    if (!changed.overloaded || _panic)
        change_share(host, changed.weight);
    _next_ramp_step = {};
}

lb_choice adaptive_policy::choose(const lb_config &config, lb_time now, host_slot *out)
{
    if (_size == 0)
        return lb_choice::no_hosts;
    check_ramps(config, now);
    if (!_probes.empty() && !_panic) {
        if (const auto probe = _probes.next(_size, config, now)) {
            *out = *probe;
            return lb_choice::host;
        }
    }
    *out = _turn.next();
    if (_hosts[*out].overloaded)
        _probes.note_calls(*out, 1);
    return lb_choice::host;
}

health_change adaptive_policy::report(host_slot host, bool success, uint32_t timecost_ms,
                                      const lb_config &config, lb_time now)
{
    if (is_late(_hosts[host], timecost_ms, now))
        return health_change::none;
    ++_reports;
    return _hosts[host].overloaded ? report_probe(host, success, config, now)
                                   : report_idle(host, success, config, now);
}

// Whether the call was handed out before the host was set aside, or came back.
bool adaptive_policy::is_late(const member &host, uint32_t timecost_ms, lb_time now) const
{
    const std::chrono::milliseconds took(timecost_ms);
    return (host.overloaded || host.returned) && took <= LONGEST_CALL && now - took < host.since;
}

// The others show what can be expected of the judged host, if one of them is doing well:
// after a time in which all failed, only one that has had a success since.
bool adaptive_policy::counts_against(const member &other, const member &judged) const
{
    return other.last_success > judged.last_failure;
}

// How much the best of the other hosts fails. 1 if there is nothing to compare with.
double adaptive_policy::rate_of_best_other(const member &judged, const lb_config &config) const
{
    double best = 1, best_ramping = 1;
    for (const member &other : _hosts) {
        if (!may_be_compared_with(other, config) || &other == &judged ||
            !counts_against(other, judged))
            continue;
        double &rate = other.ramping ? best_ramping : best;
        rate = std::min(rate, (other.failures + 1.0) / (other.calls + 1.0));
    }
    return best < 1 ? best : best_ramping;
}

bool adaptive_policy::may_be_compared_with(const member &host, const lb_config &config) const
{
    return host.in_use && !host.overloaded &&
           host.evidence + host.pending < config.evidence_limit / 2;
}

void adaptive_policy::remember(member &host, bool success, const lb_config &config)
{
    ++host.calls;
    host.failures += !success;
    (success ? host.last_success : host.last_failure) = _reports;
    if (host.calls >= config.recent_calls) {
        host.calls /= 2;
        host.failures /= 2;
    }
}

health_change adaptive_policy::report_idle(host_slot slot, bool success, const lb_config &config,
                                           lb_time now)
{
    member &host = _hosts[slot];
    if (success && host.evidence > 0) {
        const double allowed = config.err_rate.as_double();
        const double taken =
            allowed / std::max(1 - allowed, 1e-9) + 2 * rate_of_best_other(host, config);
        host.evidence = std::max(0.0, host.evidence - taken);
    } else if (!success) {
        const double better = 1 - rate_of_best_other(host, config);
        host.evidence = std::min(config.evidence_limit, host.evidence + better * better);
    }
    remember(host, success, config);
    const bool worse = !success && host.evidence >= config.evidence_limit && _idle > 1;
    if (worse)
        set_aside(slot, config, now);
    if (!_probes.empty() && (!success || _panic))
        check_panic(config);
    return worse ? health_change::stands_out : health_change::none;
}

health_change adaptive_policy::report_probe(host_slot slot, bool success, const lb_config &config,
                                            lb_time now)
{
    member &host = _hosts[slot];
    if (!_probes.take_result(slot, success, config))
        return health_change::none;
    const double best = rate_of_best_other(host, config);
    if (!success) {
        host.last_failure = _reports;
        host.evidence = std::min(config.evidence_limit, host.evidence + (1 - best) * (1 - best));
        return health_change::none;
    }
    host.last_success = _reports;
    // The limit may have become a lower one since.
    host.evidence = std::min(host.evidence, config.evidence_limit);
    host.evidence = std::max(0.0, host.evidence - (config.probe_credit + 2 * best));
    if (host.evidence > config.evidence_limit / 2)
        return health_change::none;
    bring_back(slot, config, now);
    return health_change::probes_succeed;
}

void adaptive_policy::set_aside(host_slot slot, const lb_config &config, lb_time now)
{
    member &host = _hosts[slot];
    const bool lasted = !host.returned || now - host.since >= config.slow_start;
    host.overloaded = true;
    host.since = now;
    _ramping -= host.ramping;
    host.ramping = false;
    host.pending = 0;
    --_idle;
    _probes.add(slot, lasted, _size, config, now);
    if (!_panic)
        _turn.remove(slot);
    table_changed();
}

void adaptive_policy::bring_back(host_slot slot, const lb_config &config, lb_time now)
{
    member &host = _hosts[slot];
    host.overloaded = false;
    host.returned = true;
    host.since = now;
    host.calls = host.failures = 0;
    ++_idle;
    _probes.remove(slot);
    table_changed();
    if (!_panic) {
        host.ramping = true;
        ++_ramping;
        enter_turn(slot, share_of(host, config, now));
    }
    if (_panic)
        check_panic(config);
}

// Whether the idle hosts cannot bear the load: then those set aside are called too, lest
// an outage of some become one of all that lasts.
void adaptive_policy::check_panic(const lb_config &config)
{
    uint64_t calls = 0, failures = 0;
    for (const member &host : _hosts) {
        if (host.in_use && !host.overloaded) {
            calls += host.calls;
            failures += host.failures;
        }
    }
    const bool idle_fail =
        calls >= config.panic_calls &&
        static_cast<double>(failures) >= config.panic_err_rate * static_cast<double>(calls);
    const bool panic = !_probes.empty() && (idle_fail || _idle == 0);
    if (panic && !_panic)
        enter_panic();
    else if (!panic && _panic)
        leave_panic();
}

void adaptive_policy::enter_panic()
{
    _panic = true;
    _ramping = 0;
    for (host_slot slot = 0; slot < _hosts.size(); ++slot) {
        member &host = _hosts[slot];
        if (!host.in_use)
            continue;
        if (host.overloaded)
            enter_turn(slot, host.weight);
        else if (host.ramping)
            change_share(slot, host.weight);
        host.ramping = false;
    }
}

void adaptive_policy::leave_panic()
{
    _panic = false;
    table_changed();
    for (host_slot slot = 0; slot < _hosts.size(); ++slot) {
        if (_hosts[slot].in_use && _hosts[slot].overloaded)
            _turn.remove(slot);
    }
}

void adaptive_policy::enter_turn(host_slot slot, double share)
{
    _hosts[slot].share = share;
    _turn.add(slot, share);
    table_changed();
}

void adaptive_policy::change_share(host_slot slot, double share)
{
    _hosts[slot].share = share;
    _turn.set_share(slot, share);
    table_changed();
}

host_in_table adaptive_policy::in_table(host_slot slot) const
{
    const member &host = _hosts[slot];
    return {host.overloaded, !host.overloaded || _panic, host.share};
}

double adaptive_policy::share_of(const member &host, const lb_config &config, lb_time now) const
{
    if (!host.ramping)
        return host.weight;
    const double begins_with = config.slow_start_share;
    const std::chrono::duration<double> passed = now - host.since, all = config.slow_start;
    const double part = all.count() > 0 ? std::min(1.0, passed / all) : 1;
    return host.weight * (begins_with + (1 - begins_with) * part);
}

void adaptive_policy::check_ramps(const lb_config &config, lb_time now)
{
    // A step that lies further ahead than a whole ramp is of an older configuration.
    if (_ramping > 0 && (now >= _next_ramp_step || _next_ramp_step - now > config.slow_start))
        advance_ramps(config, now);
}

void adaptive_policy::advance_ramps(const lb_config &config, lb_time now)
{
    _next_ramp_step = now + config.slow_start / RAMP_STEPS;
    for (host_slot slot = 0; slot < _hosts.size(); ++slot) {
        member &host = _hosts[slot];
        if (!host.ramping)
            continue;
        if (now - host.since >= config.slow_start) {
            host.ramping = false;
            --_ramping;
        }
        change_share(slot, share_of(host, config, now));
    }
}

static std::string decimal(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

host_account adaptive_policy::account(host_slot slot, const lb_config &config, lb_time) const
{
    const member &host = _hosts[slot];
    host_account told;
    told.share = _turn.part_of(slot);
    told.figures = {{"evidence", decimal(host.evidence) + " of " + decimal(config.evidence_limit)}};
    if (host.overloaded) {
        told.next_probe = _probes.wait_ends(slot);
        told.figures.emplace_back("choices until the next probe",
                                  std::to_string(_probes.choices_to_wait()));
    } else {
        told.figures.emplace_back("recent calls", std::to_string(host.calls));
        told.figures.emplace_back("recent failures", std::to_string(host.failures));
    }
    if (host.ramping)
        told.figures.emplace_back("slow start", "not over");
    if (_panic)
        told.figures.emplace_back("panic", _idle > 0 ? "the idle hosts fail: all are called"
                                                     : "no host is idle: all are called");
    told.figures.emplace_back("best other host may fail",
                              decimal(100 * rate_of_best_other(host, config)) + " %");
    return told;
}

}  // namespace lars
