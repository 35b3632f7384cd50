// An agent and the clients that choose from its table, in a scripted clock: the parts of both
// that are one process each otherwise, over the same memory, without what brings them together.
// One thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "choice_table.h"
#include "chooser.h"
#include "client_page.h"
#include "local_module.h"
#include "page_writer.h"
#include "route_lb.h"
#include "table_keeper.h"
#include "table_reader.h"
#include "wire_rules.h"

namespace lars::test {

// Host I of the module has an address, and the script's times are times of the agent. They lie
// ahead of this machine's, which a client asks where a call may have begun too early.
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
    return lb_time(std::chrono::hours(500000)) + t;
}
inline scenario::time time_at(lb_time t)
{
    return t - clock_at(scenario::time(0));
}
inline std::string text_of(uint32_t ip)
{
    return std::to_string(ip >> 24) + "." + std::to_string(ip >> 16 & 255) + "." +
           std::to_string(ip >> 8 & 255) + "." + std::to_string(ip & 255);
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

class table_clients : public chooser {
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
        std::string why;
        EXPECT_TRUE(make_table(LIMITS, &_table));
        EXPECT_TRUE(_reader.begin(_table.data(), _table.size(), why)) << why;
        _keeper.emplace(OWNER, part_of(_table, LIMITS, OWNER), LIMITS, &_modules, seed);
        _modules.set_watcher(&*_keeper);
        for (uint32_t number = 1; number <= clients; ++number)
            add_client(number);
        set_weights(weights, time(0));
    }

    // Another route.
    void set_weights(const std::vector<uint32_t> &weights, time now)
    {
        pass(now);
        _under_way.resize(std::max(_under_way.size(), weights.size()));
        _modules.restore({MODULE, route_of(weights)}, clock_at(now));
        _modules.show(MODULE, clock_at(now));
    }

    std::optional<size_t> choose(time now) override
    {
        pass(now);
        const size_t number = _clients.size() == 1 ? 0 : _random() % _clients.size();
        client &c = *_clients[number];
        read_table(c);
        const uint64_t offer = c.module.record()->offer.load(std::memory_order_relaxed);
        const local_module::host *chosen = c.module.choose(offer, c.writer.number());
        if (!chosen) {
            if (const local_module::host *refused = c.module.count_refusal())
                show_count(c, *refused, now);
            return std::nullopt;
        }
        show_count(c, *chosen, now);
        const size_t host = host_of({local::high_half(chosen->counted.cell->host), 1});
        _under_way[host].push_back({now, number});
        return host;
    }

    void report(size_t host, bool success, uint32_t timecost_ms, time now) override
    {
        pass(now);
        client &c = *_clients[client_of_call(host, now - std::chrono::milliseconds(timecost_ms))];
        read_table(c);
        const local_module::host *called = c.module.find(_texts[host], address_of(host).port);
        ASSERT_TRUE(called) << "host " << host;
        local_module::count_call(*called, success, timecost_ms, nanoseconds_of(now));
        show_count(c, *called, now);
    }

    void pass(time until) override
    {
        while (true) {
            const auto deadline = _modules.next_deadline();
            const time due = deadline ? time_at(*deadline) : time::max();
            if (std::min(due, _next_look) > until)
                return;
            if (_next_look > due) {
                tell(due, _modules.check_deadlines(clock_at(due)));
                continue;
            }
            const time now = std::exchange(_next_look, time::max());
            tell(now, _keeper->look(clock_at(now)).changes);
        }
    }

    // How many probes the clients have taken, of which the agent knows.
    uint64_t probes() const { return _keeper->taken().probes; }

private:
    static constexpr table_part::bounds LIMITS{10, 10000};
    static inline const size_t OWNER = agent_port_of(MODULE.modid, MODULE.cmdid);
    static inline const uint64_t KEY =
        local::pack(static_cast<uint32_t>(MODULE.modid), static_cast<uint32_t>(MODULE.cmdid));

    struct client {
        client(uint32_t seed) : module(KEY, OWNER, seed, 0) {}
        page_writer writer;
        local_module module;
    };
    struct call {
        time begun;
        size_t client;
    };

    static uint64_t nanoseconds_of(time now)
    {
        return static_cast<uint64_t>(clock_at(now).time_since_epoch().count());
    }

    void add_client(uint32_t number)
    {
        auto page = std::make_shared<client_page>();
        const status made = client_page::make(number, 1, 1, page.get());
        ASSERT_TRUE(made) << made.message();
        auto added = std::make_unique<client>(static_cast<uint32_t>(_random()));
        std::string why;
        ASSERT_TRUE(added->writer.begin(page->memory.data(), page->memory.size(), why)) << why;
        _keeper->add_page(page, clock_at(time(0)));
        _clients.push_back(std::move(added));
    }

    void read_table(client &c)
    {
        if (!c.module.record())
            c.module.set_record(_reader.find(OWNER, KEY));
        if (c.module.record()->version == c.module.version())
            return;
        if (_reader.read(OWNER, *c.module.record(), KEY, _copy) != table_reader::outcome::whole) {
            c.module.set_record(_reader.find(OWNER, KEY));
            ASSERT_EQ(_reader.read(OWNER, *c.module.record(), KEY, _copy),
                      table_reader::outcome::whole);
        }
        ASSERT_TRUE(c.module.update(_copy, c.writer));
        while (_texts.size() < _under_way.size())
            _texts.push_back(text_of(address_of(_texts.size()).ip));
    }

    // The agent looks in intervals, as long as there is anything to see.
    void show_count(client &c, const local_module::host &counted, time now)
    {
        c.writer.note_count(OWNER, counted.counted.block);
        if (_next_look == time::max())
            _next_look = (now / INTERVAL + 1) * INTERVAL;
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

    void tell(time when, const std::vector<module_change> &changes)
    {
        for (const module_change &c : changes)
            _changed({when, host_of(c.change.address), c.change.overloaded, c.change.why});
    }

    route_lb _modules;
    std::function<void(const state_change &)> _changed;
    std::mt19937 _random;
    sealed_memory _table;
    std::optional<table_keeper> _keeper;
    table_reader _reader;
    table_reader::copy _copy;
    std::vector<std::unique_ptr<client>> _clients;
    std::vector<std::string> _texts;           // of the hosts' addresses
    std::vector<std::deque<call>> _under_way;  // by host
    time _next_look = time::max();
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
