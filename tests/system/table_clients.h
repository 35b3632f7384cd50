// An agent and the clients that choose from its table, without the memory that they share:
// the agent's own route_lb, and clients that do what docs/local.md says, in a scripted
// clock. One thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "chooser.h"
#include "route_lb.h"
#include "weighted_turn.h"

namespace lars::test {

// Host I of the module has an address, and the script's times are times of the agent.
inline const module_id MODULE{1, 1};
inline endpoint address_of(size_t host)
{
    return {0x0a000000 + static_cast<uint32_t>(host), 1};
}
inline size_t host_of(const endpoint &address)
{
    return address.ip - address_of(0).ip;
}
inline lb_time clock_at(scenario::time t)
{
    return lb_time(std::chrono::hours(1)) + t;
}
inline scenario::time time_at(lb_time t)
{
    return t - clock_at(scenario::time(0));
}
// A host with weight 0 is left out.
inline std::vector<route_host> route_of(const std::vector<uint32_t> &weights)
{
    std::vector<route_host> route;
    for (size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] > 0)
            route.push_back({address_of(i), weights[i]});
    }
    return route;
}

class table_clients : public chooser, private route_watcher {
public:
    using time = scenario::time;
    static constexpr std::chrono::milliseconds INTERVAL{5};

    table_clients(size_t clients, const std::vector<uint32_t> &weights, const lb_config &config,
                  uint32_t seed, std::function<void(const state_change &)> changed)
        : _modules(
              config, [](const module_id &) {}, seed),
          _changed(std::move(changed)),
          _random(seed + 1)
    {
        _modules.set_watcher(this);
        for (size_t i = 0; i < clients; ++i)
            _clients.emplace_back(static_cast<uint32_t>(_random()));
        set_weights(weights, time(0));
    }

    // Another route.
    void set_weights(const std::vector<uint32_t> &weights, time now)
    {
        pass(now);
        _under_way.resize(std::max(_under_way.size(), weights.size()));
        for (client &c : _clients)
            c.cells.resize(_under_way.size());
        _modules.restore({MODULE, route_of(weights)}, clock_at(now));
        _modules.show(MODULE, clock_at(now));
    }

    std::optional<size_t> choose(time now) override
    {
        pass(now);
        const size_t number = _clients.size() == 1 ? 0 : _random() % _clients.size();
        client &c = _clients[number];
        c.last_choice = now;
        _any_choice = true;
        const std::optional<size_t> host = choose_for(number, now);
        if (host)
            _under_way[*host].push_back({now, number});
        return host;
    }

    void report(size_t host, bool success, uint32_t timecost_ms, time now) override
    {
        pass(now);
        const std::chrono::milliseconds took(timecost_ms);
        const size_t number = client_of_call(host, now - took);
        const shown *known = find(host);
        host_interval &counted = count(number, host, now);
        if (!known || now - took < known->since) {
            ++(success ? counted.late_successes : counted.late_failures);
            return;
        }
        if (known->overloaded)
            ++(success ? counted.probe_successes : counted.probe_failures);
        else
            ++(success ? counted.successes : counted.failures);
        if (!success)
            counted.failure_weight += std::clamp(timecost_ms / 100, 1u, 50u);
        int64_t &run = _clients[number].cells[host].run;
        run = success ? std::max<int64_t>(run, 0) + 1 : std::min<int64_t>(run, 0) - 1;
        counted.run = run;
    }

    void pass(time until) override
    {
        while (true) {
            const auto deadline = _modules.next_deadline();
            const time due = deadline ? time_at(*deadline) : time::max();
            const time interval = _added.empty() ? time::max() : _interval_ends;
            if (std::min(due, interval) > until)
                return;
            if (interval <= due)
                end_interval(interval);
            else
                tell(due, _modules.check_deadlines(clock_at(due)));
        }
    }

private:
    struct cell {
        host_interval counted;  // since the agent took over the last
        int64_t run = 0;
        host_slot seen = 0;
    };
    struct client {
        explicit client(uint32_t seed) : turn(seed) {}
        weighted_turn turn;
        uint64_t version = 0;  // of the table that the turn was made from
        std::vector<double> shares;
        time last_choice = time::min();
        std::vector<cell> cells;
    };
    struct shown {
        size_t host;
        host_slot slot;
        bool overloaded;
        bool chosen;
        double share;
        time since;
    };
    struct call {
        time begun;
        size_t client;
    };
    struct offer {
        size_t host;
        size_t client;
    };

    void changed(const module_id &, const load_balance &hosts, lb_time) override
    {
        _table.clear();
        _places.assign(_under_way.size(), -1);
        for (const auto &h : hosts.hosts_in_table()) {
            const size_t host = host_of(h.address);
            _places[host] = static_cast<int>(_table.size());
            _table.push_back(
                {host, h.slot, h.what.overloaded, h.what.chosen, h.what.share, time_at(h.since)});
        }
        ++_version;
    }
    void gone(const module_id &) override
    {
        _table.clear();
        _places.assign(_under_way.size(), -1);
        ++_version;
    }

    const shown *find(size_t host) const
    {
        return _places[host] < 0 ? nullptr : &_table[static_cast<size_t>(_places[host])];
    }

    host_interval &count(size_t number, size_t host, time now)
    {
        if (_added.empty())
            _interval_ends = (now / INTERVAL + 1) * INTERVAL;
        host_interval &counted = _clients[number].cells[host].counted;
        if (!counted.any())
            _added.emplace_back(number, host);
        return counted;
    }

    std::optional<size_t> choose_for(size_t number, time now)
    {
        if (_offer && _offer->client == number) {
            const size_t host = std::exchange(_offer, std::nullopt)->host;
            host_interval &counted = count(number, host, now);
            ++counted.choices;
            ++counted.probes;
            return host;
        }
        read_table(_clients[number]);
        const bool any =
            std::any_of(_table.begin(), _table.end(), [](const shown &s) { return s.chosen; });
        if (!any) {
            if (!_table.empty())
                ++count(number, _table[0].host, now).choices;
            return std::nullopt;
        }
        const size_t host = _clients[number].turn.next();
        ++count(number, host, now).choices;
        return host;
    }

    // Who is chosen from in the table, and with what share, is so in the client's turn.
    void read_table(client &c)
    {
        if (std::exchange(c.version, _version) == _version)
            return;
        c.shares.resize(_under_way.size());
        for (host_slot host = 0; host < c.shares.size(); ++host) {
            const shown *known = find(host);
            const double share = known && known->chosen ? known->share : 0;
            const double before = std::exchange(c.shares[host], share);
            if (before == share)
                continue;
            if (before == 0)
                c.turn.add(host, share);
            else if (share == 0)
                c.turn.remove(host);
            else
                c.turn.set_share(host, share);
        }
    }

    // Whose call it was that began then.
    size_t client_of_call(size_t host, time begun)
    {
        auto &calls = _under_way[host];
        const auto found = std::find_if(calls.begin(), calls.end(), [begun](const call &c) {
            return begun - c.begun < std::chrono::milliseconds(1) && c.begun <= begun;
        });
        const auto its = found == calls.end() ? calls.begin() : found;
        const size_t number = its->client;
        calls.erase(its);
        return number;
    }

    void end_interval(time now)
    {
        for (const auto &[number, host] : _added) {
            cell &c = _clients[number].cells[host];
            _modules.add_interval(MODULE, address_of(host), std::exchange(c.counted, {}), &c.seen,
                                  clock_at(now));
        }
        _added.clear();
        tell(now, _modules.end_interval(clock_at(now)));
        offer_probe(now);
        _any_choice = false;
    }

    void offer_probe(time now)
    {
        const shown *offered = _offer ? find(_offer->host) : nullptr;
        if (!offered || !offered->overloaded)
            _offer.reset();
        if (!_any_choice)
            return;
        if (!_offer) {
            const auto due = _modules.probe_due(MODULE, clock_at(now));
            if (!due)
                return;
            const auto probed = std::find_if(_table.begin(), _table.end(),
                                             [&](const shown &s) { return s.slot == *due; });
            _offer = offer{probed->host, 0};
        }
        // Some client that chose lately: another one for each interval with choices.
        for (size_t tries = 0; tries < 100; ++tries) {
            _offer->client = _random() % _clients.size();
            if (now - std::chrono::seconds(1) <= _clients[_offer->client].last_choice)
                return;
        }
    }

    void tell(time when, const std::vector<module_change> &changes)
    {
        for (const module_change &c : changes)
            _changed({when, host_of(c.change.address), c.change.overloaded, c.change.why});
    }

    route_lb _modules;
    std::function<void(const state_change &)> _changed;
    std::mt19937 _random;
    std::vector<client> _clients;
    std::vector<std::deque<call>> _under_way;  // by host
    // The table, as all clients see it.
    std::vector<shown> _table;
    std::vector<int> _places;  // of the hosts in it; -1: not there
    uint64_t _version = 0;
    std::optional<offer> _offer;
    std::vector<std::pair<size_t, size_t>> _added;  // client and host
    time _interval_ends{0};
    bool _any_choice = false;
};

// As many clients, each of which takes the hosts in its own turn, whatever is reported: what
// a policy of such clients is to be compared with.
class turns_of_clients : public chooser {
public:
    turns_of_clients(size_t clients, const std::vector<uint32_t> &weights, uint32_t seed)
        : _random(seed)
    {
        for (size_t i = 0; i < clients; ++i)
            _clients.push_back(make_round_robin(weights, static_cast<uint32_t>(_random())));
    }

    std::optional<size_t> choose(scenario::time now) override
    {
        return _clients[_random() % _clients.size()]->choose(now);
    }
    void report(size_t, bool, uint32_t, scenario::time) override {}
    void pass(scenario::time) override {}

private:
    std::mt19937 _random;
    std::vector<std::unique_ptr<chooser>> _clients;
};

inline agent_maker with_turns_of_clients(size_t clients)
{
    return [clients](const std::vector<uint32_t> &weights, const lb_config &, uint32_t seed,
                     const std::function<void(const state_change &)> &) {
        return std::make_unique<turns_of_clients>(clients, weights, seed);
    };
}

// For simulate(): agents with so many clients each.
inline agent_maker with_table_clients(size_t clients)
{
    return [clients](const std::vector<uint32_t> &weights, const lb_config &config, uint32_t seed,
                     std::function<void(const state_change &)> changed) {
        return std::make_unique<table_clients>(clients, weights, config, seed, std::move(changed));
    };
}

}  // namespace lars::test
