// What an interval of the table's clients means under the adaptive policy. The order of its
// calls is not known: a failure may have come before or after another host's success.
#include <algorithm>

#include "adaptive_policy.h"

namespace lars {

// What is kept at most of the failures after which no other host has succeeded: two. After a
// time in which all failed that much may be left against each host. One would be less, but
// calls of many clients do not come to the hosts in turn, and where most hosts are dead it
// then takes twice as long to find that out.
static constexpr double MOST_KEPT = 2;

std::vector<slot_change> adaptive_policy::count_interval(const std::vector<slot_interval> &counted,
                                                         const lb_config &config, lb_time now)
{
    std::vector<slot_change> changes;
    check_ramps(config, now);
    // Choices count while a host is overloaded, so not those by which one has become it.
    const bool count_choices = !_probes.empty();
    if (_panic)
        note_choices(counted);
    ++_reports;
    for (const slot_interval &of : counted)
        remember_interval(of, config);
    const interval_comparison others = compare(counted, config);

    const std::vector<host_slot> confirmed = confirm_pending(others, config);
    bool any_failed = false;
    for (const slot_interval &of : counted) {
        if (!_hosts[of.host].overloaded) {
            judge_idle(of, others, config);
            any_failed = any_failed || of.counted.failures > 0;
        } else if (const auto why = judge_probes(of, others, config, now);
                   why != health_change::none) {
            changes.push_back({of.host, why});
        }
    }
    for (host_slot slot : confirmed) {
        if (_hosts[slot].evidence < config.evidence_limit || _idle <= 1)
            continue;
        set_aside(slot, config, now);
        changes.push_back({slot, health_change::stands_out});
    }
    if (!_probes.empty() && (any_failed || _panic))
        check_panic(config);
    if (count_choices && !_probes.empty() && !_panic)
        note_choices(counted);
    ++_reports;
    return changes;
}

// In panic each choice of an overloaded host is as good as a probe; otherwise the choices
// bring the next probe nearer.
void adaptive_policy::note_choices(const std::vector<slot_interval> &counted)
{
    uint64_t all = 0;
    for (const slot_interval &of : counted) {
        const uint64_t choices = of.counted.plain_choices();
        all += choices;
        if (_panic && _hosts[of.host].overloaded)
            _probes.note_calls(of.host, choices);
    }
    if (!_panic)
        _probes.note_choices(all);
}

// A host that did both has failed last: so a report that comes by itself makes the least of it.
void adaptive_policy::remember_interval(const slot_interval &of, const lb_config &config)
{
    member &host = _hosts[of.host];
    const auto calls = of.counted.of_state(host.overloaded);
    if (calls.successes > 0)
        host.last_success = _reports;
    if (calls.failures > 0)
        host.last_failure = _reports + 1;
    if (host.overloaded)
        return;
    uint64_t all = host.calls + calls.calls(), failures = host.failures + calls.failures;
    while (all > 0 && all >= config.recent_calls) {
        all /= 2;
        failures /= 2;
    }
    host.calls = static_cast<uint32_t>(all);
    host.failures = static_cast<uint32_t>(failures);
}

interval_comparison adaptive_policy::compare(const std::vector<slot_interval> &counted,
                                             const lb_config &config) const
{
    interval_comparison all;
    for (host_slot slot = 0; slot < _hosts.size(); ++slot) {
        const member &host = _hosts[slot];
        if (may_be_compared_with(host, config))
            all.add(slot, (host.failures + 1.0) / (host.calls + 1.0), host.ramping);
    }
    for (const slot_interval &of : counted) {
        const member &host = _hosts[of.host];
        const auto calls = of.counted.of_state(false);
        if (calls.calls() > 0 && may_be_compared_with(host, config))
            all.add_calls(of.host, host.ramping, calls.successes, calls.failures);
    }
    return all;
}

// Evidence of earlier intervals counts now, if another host has succeeded in this one: then
// it was not all that failed. Returns the hosts of which it did.
std::vector<host_slot> adaptive_policy::confirm_pending(const interval_comparison &others,
                                                        const lb_config &config)
{
    std::vector<host_slot> confirmed;
    for (host_slot slot = 0; slot < _hosts.size(); ++slot) {
        member &host = _hosts[slot];
        if (host.pending == 0)
            continue;
        if (!others.another_succeeded(slot)) {
            host.pending = std::min(host.pending, MOST_KEPT);
            continue;
        }
        host.evidence = std::min(config.evidence_limit, host.evidence + host.pending);
        host.pending = 0;
        confirmed.push_back(slot);
    }
    return confirmed;
}

void adaptive_policy::judge_idle(const slot_interval &of, const interval_comparison &others,
                                 const lb_config &config)
{
    member &host = _hosts[of.host];
    const auto calls = of.counted.of_state(false);
    const double best = others.rate_of_best_other(of.host);
    const double allowed = config.err_rate.as_double();
    const double given = static_cast<double>(calls.failures) * (1 - best) * (1 - best);
    const double taken =
        static_cast<double>(calls.successes) * (allowed / std::max(1 - allowed, 1e-9) + 2 * best);
    host.pending += given - taken;
    if (host.pending < 0)
        host.evidence = std::max(0.0, host.evidence + host.pending);
    const double most = others.another_succeeded(of.host) ? config.evidence_limit : MOST_KEPT;
    host.pending = std::clamp(host.pending, 0.0, most);
}

health_change adaptive_policy::judge_probes(const slot_interval &of,
                                            const interval_comparison &others,
                                            const lb_config &config, lb_time now)
{
    member &host = _hosts[of.host];
    const auto calls = of.counted.of_state(true);
    const auto results = _probes.take_results(of.host, {calls.successes, calls.failures}, config);
    const double best = others.rate_of_best_other(of.host);
    const double given = static_cast<double>(results.failures) * (1 - best) * (1 - best);
    const double taken = static_cast<double>(results.successes) * (config.probe_credit + 2 * best);
    // The limit may have become a lower one since.
    const double before = std::min(host.evidence, config.evidence_limit);
    host.evidence = std::clamp(before + given - taken, 0.0, config.evidence_limit);
    if (results.successes == 0 || host.evidence > config.evidence_limit / 2)
        return health_change::none;
    bring_back(of.host, config, now);
    return health_change::probes_succeed;
}

std::optional<host_slot> adaptive_policy::probe_due(const lb_config &config, lb_time now)
{
    if (_probes.empty() || _panic)
        return std::nullopt;
    return _probes.due(_size, config, now);
}

}  // namespace lars
