#include "chooser.h"

#include "route_lb.h"
#include "weighted_turn.h"

namespace lars {
namespace {

using sim_time = scenario::time;

const module_id MODULE{1, 1};
constexpr uint32_t FIRST_IP = 0x0a000000;

size_t host_of(const endpoint &address)
{
    return address.ip - FIRST_IP;
}

lb_time clock_at(sim_time time)
{
    return lb_time(std::chrono::hours(1)) + time;
}

class agent : public chooser {
public:
    agent(const std::vector<uint32_t> &weights, const lb_config &config, uint32_t seed,
          std::function<void(const state_change &)> changed)
        : _modules(
              config, [](const module_id &) {}, seed),
          _changed(std::move(changed))
    {
        std::vector<route_host> route;
        for (size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0)
                route.push_back({{FIRST_IP + static_cast<uint32_t>(i), 1}, weights[i]});
        }
        _modules.restore({MODULE, route}, clock_at(sim_time(0)));
    }

    std::optional<size_t> choose(sim_time now) override
    {
        pass(now);
        endpoint chosen;
        if (_modules.get_host(MODULE, clock_at(now), &chosen) != lb_choice::host)
            return std::nullopt;
        return host_of(chosen);
    }

    void report(size_t host, bool success, uint32_t timecost_ms, sim_time now) override
    {
        pass(now);
        const endpoint address{FIRST_IP + static_cast<uint32_t>(host), 1};
        if (const auto change =
                _modules.report({MODULE, address, success, timecost_ms}, clock_at(now)))
            tell(now, *change);
    }

    // As the agent's timer does it.
    void pass(sim_time until) override
    {
        for (auto next = _modules.next_deadline(); next && *next <= clock_at(until);
             next = _modules.next_deadline()) {
            const lb_time due = *next;
            for (const module_change &change : _modules.check_deadlines(due))
                tell(due - clock_at(sim_time(0)), change.change);
        }
    }

private:
    void tell(sim_time when, const host_change &change)
    {
        _changed({when, host_of(change.address), change.overloaded, change.why});
    }

    route_lb _modules;
    std::function<void(const state_change &)> _changed;
};

class round_robin : public chooser {
public:
    round_robin(const std::vector<uint32_t> &weights, uint32_t seed) : _turn(seed)
    {
        for (size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0)
                _turn.add(static_cast<host_slot>(i), weights[i]);
        }
    }

    std::optional<size_t> choose(sim_time) override { return _turn.next(); }
    void report(size_t, bool, uint32_t, sim_time) override {}
    void pass(sim_time) override {}

private:
    weighted_turn _turn;
};

}  // namespace

std::unique_ptr<chooser> make_agent(const std::vector<uint32_t> &weights, const lb_config &config,
                                    uint32_t seed,
                                    std::function<void(const state_change &)> changed)
{
    return std::make_unique<agent>(weights, config, seed, std::move(changed));
}

std::unique_ptr<chooser> make_round_robin(const std::vector<uint32_t> &weights, uint32_t seed)
{
    return std::make_unique<round_robin>(weights, seed);
}

}  // namespace lars
