#include "probe_schedule.h"

#include <algorithm>
#include <utility>

namespace lars {

void probe_schedule::add(host_slot host, bool begins_anew, size_t hosts, const lb_config &config,
                         lb_time now)
{
    if (host >= _hosts.size())
        _hosts.resize(host + 1);
    member &added = _hosts[host];
    if (begins_anew)
        added.wait = {};
    added.succeeded = false;
    added.under_way = 0;
    grow_wait(added, config, now);
    if (_waiting.empty()) {
        _gap = std::max(config.probe_num, static_cast<uint32_t>(hosts));
        _choices = _choices_beyond = 0;
    }
    _waiting.push_back(host);
    _next_due = std::min(_next_due, added.due);
}

void probe_schedule::grow_wait(member &host, const lb_config &config, lb_time now)
{
    if (host.wait.count() == 0)
        host.wait = config.probe_wait;
    host.wait = std::min(host.wait, config.probe_wait_max);
    host.due = now + host.wait;
    host.wait *= 2;
}

void probe_schedule::remove(host_slot host)
{
    const auto found = std::find(_waiting.begin(), _waiting.end(), host);
    if (found == _waiting.end())
        return;
    _waiting.erase(found);
    find_next_due();
}

void probe_schedule::find_next_due()
{
    _next_due = lb_time::max();
    for (host_slot host : _waiting) {
        const member &m = _hosts[host];
        _next_due = std::min(_next_due, m.succeeded ? lb_time::min() : m.due);
    }
}

void probe_schedule::shorten_waits(const lb_config &config, lb_time now)
{
    for (host_slot host : _waiting)
        _hosts[host].due = std::min(_hosts[host].due, now + config.probe_wait_max);
    find_next_due();
}

// The configuration may have changed, and hosts may have left: what was begun under greater
// bounds does not last longer than today's allow. Returns that of the gap.
uint32_t probe_schedule::apply_bounds(size_t hosts, const lb_config &config, lb_time now)
{
    const uint32_t most =
        std::max({config.probe_num, config.probe_num_max, 2 * static_cast<uint32_t>(hosts)});
    _gap = std::min(_gap, most);
    if (config.probe_wait_max < _longest_wait)
        shorten_waits(config, now);
    _longest_wait = config.probe_wait_max;
    return most;
}

std::optional<host_slot> probe_schedule::next(size_t hosts, const lb_config &config, lb_time now)
{
    const uint32_t greatest_gap = apply_bounds(hosts, config, now);
    if (_choices < _gap) {
        ++_choices;
        return std::nullopt;
    }
    if (now < _next_due)
        return std::nullopt;
    _choices = _choices_beyond = 0;
    return hand_out(greatest_gap, config, now);
}

void probe_schedule::note_choices(uint64_t choices)
{
    const uint64_t all = _choices + choices;
    _choices = static_cast<uint32_t>(std::min<uint64_t>(all, _gap));
    _choices_beyond = static_cast<uint32_t>(std::min({all - _choices, choices, uint64_t{_gap}}));
}

std::optional<host_slot> probe_schedule::due(size_t hosts, const lb_config &config, lb_time now)
{
    const uint32_t greatest_gap = apply_bounds(hosts, config, now);
    if (_waiting.empty() || _choices < _gap || now < _next_due)
        return std::nullopt;
    const host_slot probed = hand_out(greatest_gap, config, now);
    // One more choice is needed at least: the next probe is for another interval.
    _choices = std::min(std::exchange(_choices_beyond, 0), std::max(_gap, 1u) - 1);
    return probed;
}

host_slot probe_schedule::hand_out(uint32_t greatest_gap, const lb_config &config, lb_time now)
{
    const auto earlier = [this](host_slot a, host_slot b) {
        const member &x = _hosts[a], &y = _hosts[b];
        return x.succeeded != y.succeeded ? x.succeeded : x.due < y.due;
    };
    const host_slot chosen = *std::min_element(_waiting.begin(), _waiting.end(), earlier);
    member &probed = _hosts[chosen];
    probed.succeeded = false;
    ++probed.under_way;
    grow_wait(probed, config, now);
    find_next_due();
    _gap = std::max(config.probe_num, std::min(2 * _gap, greatest_gap));
    return chosen;
}

bool probe_schedule::take_result(host_slot host, bool success, const lb_config &config)
{
    member &reported = _hosts[host];
    if (reported.under_way == 0)
        return false;
    --reported.under_way;
    reported.succeeded = success;
    if (success)
        _gap = config.probe_num;
    find_next_due();
    return true;
}

probe_schedule::results probe_schedule::take_results(host_slot host, const results &reported,
                                                     const lb_config &config)
{
    member &m = _hosts[host];
    results taken;
    taken.failures = std::min(reported.failures, m.under_way);
    taken.successes = std::min(reported.successes, m.under_way - taken.failures);
    if (taken.failures + taken.successes == 0)
        return taken;
    m.under_way -= taken.failures + taken.successes;
    m.succeeded = taken.failures == 0;
    if (taken.successes > 0)
        _gap = config.probe_num;
    find_next_due();
    return taken;
}

std::optional<lb_time> probe_schedule::wait_ends(host_slot host) const
{
    const member &m = _hosts[host];
    return m.succeeded ? std::nullopt : std::optional(m.due);
}

}  // namespace lars
