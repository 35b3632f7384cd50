#include "simulation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <queue>
#include <random>

#include "chooser.h"
#include "returns.h"
#include "scripted_host.h"
#include "share_counter.h"
#include "timeline.h"

namespace lars {

const char *name_of(player who)
{
    switch (who) {
    case player::adaptive: return "adaptive";
    case player::course: return "course";
    case player::round_robin: break;
    }
    return "round robin";
}

double simulation_result::bad() const
{
    return calls == 0 ? 0 : static_cast<double>(failed + refused) / static_cast<double>(calls);
}

namespace {

using sim_time = scenario::time;

class run {
public:
    run(const scenario &played, player who, const lb_config &config, uint32_t seed,
        const agent_maker &make);
    simulation_result play();

private:
    struct pending {
        sim_time when;
        uint64_t number;
        size_t agent;
        size_t host;
        bool success;
        uint32_t timecost_ms;
        bool operator>(const pending &other) const
        {
            return when != other.when ? when > other.when : number > other.number;
        }
    };

    void note_change(size_t agent, const state_change &change);
    void events_until(sim_time now);
    void reports_until(sim_time now);
    void call(uint64_t number, sim_time now);
    void note_outcome(size_t agent, sim_time now, bool well);
    size_t part_of(sim_time now) const;
    void sum_up();

    const scenario &_played;
    std::mt19937_64 _random;
    std::vector<std::unique_ptr<chooser>> _agents;
    std::vector<scripted_host> _hosts;
    std::priority_queue<pending, std::vector<pending>, std::greater<pending>> _pending;
    timeline _timeline;

    std::vector<sim_time> _outage_since;              // of each agent; -1: none
    std::vector<std::vector<sim_time>> _aside_since;  // by agent and host; -1: not
    share_counter _shares;
    returns _returns;
    simulation_result _result;
};

run::run(const scenario &played, player who, const lb_config &config, uint32_t seed,
         const agent_maker &make)
    : _played(played), _random(seed), _timeline(played), _shares(played), _returns(played)
{
    std::vector<uint32_t> weights;
    for (const scenario::host &host : played.hosts) {
        _hosts.emplace_back(host);
        weights.push_back(host.weight);
    }
    for (size_t i = 0; i < played.agents; ++i) {
        const auto agent_seed = static_cast<uint32_t>(_random());
        _agents.push_back(who == player::round_robin ? make_round_robin(weights, agent_seed)
                                                     : make(weights, config, agent_seed,
                                                            [this, i](const state_change &change) {
                                                                note_change(i, change);
                                                            }));
    }
    _outage_since.assign(played.agents, sim_time(-1));
    _aside_since.assign(played.agents, std::vector<sim_time>(_hosts.size(), sim_time(-1)));
    _result.calls_of.assign(_hosts.size(), 0);
    _result.failed_of.assign(_hosts.size(), 0);
    _result.set_aside_of.assign(_hosts.size(), 0);
    _result.calls_in.assign(_hosts.size(), std::vector<uint32_t>(simulation_result::PARTS, 0));
    _result.failed_in.assign(simulation_result::PARTS, 0);
    _result.all_in.assign(simulation_result::PARTS, 0);
}

void run::note_change(size_t agent, const state_change &change)
{
    sim_time &since = _aside_since[agent][change.host];
    if (!change.overloaded)
        _result.set_aside_of[change.host] += static_cast<double>((change.when - since).count());
    since = change.overloaded ? change.when : sim_time(-1);
    _result.changes.push_back(
        {change.when, agent, change.host, change.overloaded, reason_of(change.why)});
}

void run::events_until(sim_time now)
{
    _timeline.advance(now, [this](const scenario::event &event, sim_time when) {
        reports_until(when);
        for (size_t i = event.first; i <= event.last; ++i) {
            _returns.behaves(i, when, _hosts[i].fails(), event.fails);
            _hosts[i].behave(event.fails, event.takes);
        }
    });
}

void run::reports_until(sim_time now)
{
    while (!_pending.empty() && _pending.top().when <= now) {
        const pending due = _pending.top();
        _pending.pop();
        _agents[due.agent]->report(due.host, due.success, due.timecost_ms, due.when);
    }
}

size_t run::part_of(sim_time now) const
{
    const auto part = static_cast<size_t>(static_cast<double>(now.count()) /
                                          static_cast<double>(_played.duration.count()) *
                                          simulation_result::PARTS);
    return std::min(part, simulation_result::PARTS - 1);
}

void run::note_outcome(size_t agent, sim_time now, bool well)
{
    sim_time &since = _outage_since[agent];
    if (!well && since.count() < 0)
        since = now;
    if (well && since.count() >= 0) {
        _result.longest_outage = std::max(_result.longest_outage, now - since);
        since = sim_time(-1);
    }
    const size_t part = part_of(now);
    ++_result.all_in[part];
    _result.failed_in[part] += !well;
}

void run::call(uint64_t number, sim_time now)
{
    const double drawn = std::generate_canonical<double, 53>(_random);
    const size_t agent = number % _agents.size();
    ++_result.calls;
    const auto host = _agents[agent]->choose(now);
    if (!host) {
        ++_result.refused;
        note_outcome(agent, now, false);
        return;
    }
    scripted_host &called = _hosts[*host];
    const bool success = called.call(now, drawn);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(called.takes());
    _pending.push(
        {now + called.takes(), number, agent, *host, success, static_cast<uint32_t>(took.count())});
    ++_result.calls_of[*host];
    ++_result.calls_in[*host][part_of(now)];
    _result.failed_of[*host] += !success;
    _result.failed += !success;
    _shares.count(*host, now);
    _returns.note_call(*host, now);
    note_outcome(agent, now, success);
}

simulation_result run::play()
{
    const uint64_t calls = _played.total_calls();
    const double slot = static_cast<double>(_played.duration.count()) / static_cast<double>(calls);
    for (uint64_t i = 0; i < calls; ++i) {
        const double within = std::generate_canonical<double, 53>(_random);
        const sim_time now(static_cast<int64_t>(slot * (static_cast<double>(i) + within)));
        events_until(now);
        reports_until(now);
        call(i, now);
    }
    events_until(_played.duration);
    reports_until(_played.duration);
    sum_up();
    return std::move(_result);
}

void run::sum_up()
{
    for (size_t agent = 0; agent < _agents.size(); ++agent) {
        _agents[agent]->pass(_played.duration);
        if (_outage_since[agent].count() >= 0)
            _result.longest_outage =
                std::max(_result.longest_outage, _played.duration - _outage_since[agent]);
        for (size_t host = 0; host < _hosts.size(); ++host) {
            const sim_time since = _aside_since[agent][host];
            if (since.count() >= 0)
                _result.set_aside_of[host] +=
                    static_cast<double>((_played.duration - since).count());
        }
    }
    const double host_time =
        static_cast<double>(_played.duration.count()) * static_cast<double>(_agents.size());
    const auto in_route = static_cast<double>(
        std::count_if(_played.hosts.begin(), _played.hosts.end(),
                      [](const scenario::host &host) { return host.weight > 0; }));
    for (double &part : _result.set_aside_of) {
        part /= host_time;
        _result.set_aside += part / in_route;
    }
    _result.greatest_share = _shares.greatest();
    const std::vector<double> fair = _played.fair_shares();
    const double handed_out = static_cast<double>(_result.calls - _result.refused);
    for (size_t host = 0; host < _hosts.size(); ++host) {
        if (fair[host] == 0 || handed_out == 0)
            continue;
        const double part = static_cast<double>(_result.calls_of[host]) / handed_out;
        _result.share_off = std::max(_result.share_off, std::abs(part / fair[host] - 1));
    }
    _result.returns = _returns.count();
    _result.to_half = _returns.longest_to(0.5);
    _result.to_full = _returns.longest_to(0.95);
    std::stable_sort(_result.changes.begin(), _result.changes.end(),
                     [](const auto &a, const auto &b) { return a.when < b.when; });
}

}  // namespace

simulation_result simulate(const scenario &played, player who, lb_config config, uint32_t seed,
                           const agent_maker &make)
{
    config.policy = who == player::course ? balance_policy::course : balance_policy::adaptive;
    return run(played, who, config, seed, make).play();
}

}  // namespace lars
