// The agent's modules, under both policies: what must always be so. The bytes are a script:
// what is done, and to which of three modules and eight hosts.
#include "route_lb.h"

#include <cmath>
#include <map>
#include <set>

#include "expect.h"
#include "explain_answer.h"
#include "script.h"

namespace lars::fuzz {

// More take longer, and show no more.
static constexpr int MOST_STEPS = 300;

namespace {

using std::chrono::milliseconds;
using counts = std::pair<uint64_t, uint64_t>;  // successes and failures

class agent {
public:
    explicit agent(const lb_config &config)
        : _modules(
              config, [this](const module_id &m) { note_pull(m); }, 7)
    {
    }

    void get_host(const module_id &module)
    {
        endpoint chosen;
        const load_balance::choice made = _modules.get_host(module, _now, &chosen);
        const std::vector<route_host> &route = _routes[module];
        expect((made == lb_choice::no_hosts) == route.empty(), "no hosts, or hosts from nowhere");
        if (made == lb_choice::overloaded)
            expect(_modules.config().policy == balance_policy::course, "nothing to call");
        if (made == lb_choice::host)
            expect(find_host(route, chosen) != nullptr, "a host that is not in the route");
    }

    // What is foretold comes true while nothing is reported.
    void foretell(const module_id &module, uint32_t count)
    {
        const load_balance *hosts = _modules.find(module);
        if (!hosts)
            return;
        for (const endpoint &next : hosts->next_choices(count, _modules.config(), _now)) {
            endpoint chosen;
            _modules.get_host(module, _now, &chosen);
            expect(chosen == next, "another choice than was foretold");
        }
    }

    void report(const module_id &module, const endpoint &host, bool success, uint32_t timecost)
    {
        const auto change = _modules.report({module, host, success, timecost}, _now);
        if (find_host(_routes[module], host))
            ++(success ? _reported[{module, host}].first : _reported[{module, host}].second);
        if (change) {
            expect(change->address == host, "the state of another host has changed");
            note_change(module, *change);
        }
    }

    void add_interval(const module_id &module, const endpoint &host, const host_interval &counted)
    {
        const bool known = _modules.add_interval(module, host, counted, &_seen, _now);
        expect(known || _routes[module].empty(), "a module with hosts is not known");
        if (!find_host(_routes[module], host))
            return;
        _reported[{module, host}].first += counted.all_successes();
        _reported[{module, host}].second += counted.all_failures();
    }

    void end_interval(const module_id &module)
    {
        _modules.show(module, _now);
        for (const module_change &change : _modules.end_interval(_now))
            note_change(change.module, change.change);
        const auto probe = _modules.probe_due(module, _now);
        if (!probe)
            return;
        expect(!_modules.probe_due(module, _now), "two probes at once");
        for (const auto &shown : _modules.find(module)->hosts_in_table())
            expect(shown.slot != *probe || shown.what.overloaded, "a probe of an idle host");
    }

    void update(const module_route &route)
    {
        const bool known = _modules.find(route.module) != nullptr;
        _modules.update(route, _now);
        _pulls.erase(route.module);
        if (!known)
            return;
        std::vector<route_host> &kept = _routes[route.module];
        kept.clear();
        for (const route_host &host : route.hosts) {
            if (!host.drained())
                kept.push_back(host);
        }
        // A host that left and comes back begins idle.
        auto &overloaded = _overloaded[route.module];
        for (auto it = overloaded.begin(); it != overloaded.end();)
            it = find_host(kept, *it) ? std::next(it) : overloaded.erase(it);
    }

    void set_config(const lb_config &config)
    {
        for (const module_change &change : _modules.set_config(config, _now))
            note_change(change.module, change.change);
    }

    void pass(milliseconds time)
    {
        const lb_time until = _now + time;
        for (auto next = _modules.next_deadline(); next && *next <= until;
             next = _modules.next_deadline()) {
            _now = std::max(_now, *next);
            for (const module_change &change : _modules.check_deadlines(_now))
                note_change(change.module, change.change);
            const auto later = _modules.next_deadline();
            expect(!later || *later > _now, "a deadline that was over already");
        }
        _now = until;
    }

    void take_summaries()
    {
        for (const call_summary &sum : _modules.take_summaries(1, 2)) {
            for (const host_calls &calls : sum.hosts) {
                counts &total = _summed[{sum.module, calls.address}];
                total.first += calls.succ;
                total.second += calls.err;
            }
        }
        for (const auto &[host, total] : _reported)
            expect(_summed[host] == total, "calls are lost, or counted twice");
    }

    void check(const module_id &module)
    {
        const load_balance *hosts = _modules.find(module);
        const std::vector<route_host> &route = _routes[module];
        expect(hosts ? hosts->route() == route : route.empty(), "another route");
        for (const route_host &host : route)
            expect(hosts->overloaded(host.address) == (_overloaded[module].count(host.address) > 0),
                   "a state that nobody was told of");
    }

    // What a person is told.
    void check_explanation(const module_id &module)
    {
        const load_balance *hosts = _modules.find(module);
        const std::vector<route_host> &route = _routes[module];
        double shares = 0;
        for (const route_host &host : route) {
            const auto told = hosts->explain(host.address, _modules.config(), _now);
            expect(told.account.share >= 0 && told.account.share <= 1, "a share beyond 1");
            expect(told.since <= _now, "a state from the future");
            shares += told.account.share;
        }
        const bool someone = _modules.config().policy == balance_policy::adaptive ||
                             _overloaded[module].size() < route.size();
        if (!route.empty())
            expect(std::abs(shares - (someone ? 1 : 0)) < 1e-6, "the shares are not a whole");
        ExplainResponse answer;
        expect(answer.ParseFromString(
                   explain_answer({module, 1, 0}, _modules, nullptr, lb_time(), _now)) &&
                   answer.hosts_in_all() == route.size(),
               "the explanation is of another route");
    }

private:
    void note_pull(const module_id &module)
    {
        expect(_pulls.insert(module).second, "the dns is asked twice");
    }
    void note_change(const module_id &module, const host_change &change)
    {
        auto &overloaded = _overloaded[module];
        const bool is_new = change.overloaded ? overloaded.insert(change.address).second
                                              : overloaded.erase(change.address) > 0;
        expect(is_new, "a change to the state that was there");
        expect(find_host(_routes[module], change.address) != nullptr, "a change of no host");
    }

    lb_time _now{std::chrono::hours(1)};
    host_slot _seen = 0;  // of all hosts: often it is another's
    route_lb _modules;
    std::set<module_id> _pulls;  // questions without an answer
    std::map<module_id, std::vector<route_host>> _routes;
    std::map<module_id, std::set<endpoint>> _overloaded;
    std::map<std::pair<module_id, endpoint>, counts> _reported, _summed;
};

}  // namespace

static module_id some_module(uint32_t number)
{
    return {static_cast<int32_t>(number % 3) - 1, 1};
}

static endpoint some_host(uint32_t number)
{
    return {0x0a000001u + number % 8, 80};
}

static lb_config some_config(script &input)
{
    lb_config config;
    const uint8_t which = input.byte();
    config.policy = which & 1 ? balance_policy::course : balance_policy::adaptive;
    if (which & 2) {
        config.probe_num = 1 + input.below(20);
        config.probe_num_max = config.probe_num + input.below(100);
        config.evidence_limit = 1 + input.below(10);
        config.recent_calls = 10 + input.byte();
        config.panic_calls = 1 + input.below(20);
    }
    if (which & 4) {
        config.probe_wait = milliseconds(1 + input.byte());
        config.probe_wait_max = config.probe_wait * (1 + input.below(5));
        config.slow_start = milliseconds(input.byte() * 10);
        config.slow_start_share = (1 + input.below(100)) / 100.0;
        config.probe_credit = (1 + input.below(200)) / 100.0;
    }
    return config;
}

static module_route some_route(const module_id &module, script &input)
{
    module_route route{module, {}};
    const uint8_t bits = input.byte();
    const uint8_t weights = input.byte();
    for (uint32_t i = 0; i < 8; ++i) {
        if (bits >> i & 1)
            route.hosts.push_back({some_host(i), weights == 0 ? 100 : weights * i});
    }
    return route;
}

static host_interval some_interval(script &input)
{
    host_interval made;
    const uint8_t which = input.byte();
    uint64_t *counters[] = {&made.choices,        &made.probes,          &made.successes,
                            &made.failures,       &made.probe_successes, &made.probe_failures,
                            &made.late_successes, &made.failure_weight};
    for (size_t i = 0; i < 8; ++i) {
        if (which >> i & 1)
            *counters[i] = input.byte();
    }
    made.run = static_cast<int64_t>(input.byte()) * 16 - 2048;
    return made;
}

static void step(agent &a, script &input)
{
    const uint8_t what = input.byte();
    const uint32_t times = 1 + what / 16;
    const module_id module = some_module(input.byte());
    switch (what % 16) {
    case 0: a.update(some_route(module, input)); break;
    case 1: a.set_config(some_config(input)); break;
    case 2: a.take_summaries(); break;
    case 3: a.pass(milliseconds(input.byte() * 1000)); break;
    case 4:
    case 5: a.pass(milliseconds(input.byte() * 10)); break;
    case 6: a.foretell(module, times); break;
    case 7: a.report(module, some_host(input.byte()), input.below(2) > 0, input.byte() * 40); break;
    case 8:
    case 9:
    case 10: {
        const endpoint host = some_host(input.byte());
        for (uint32_t i = 0; i < times; ++i)
            a.report(module, host, what % 16 == 8, 0);
        break;
    }
    case 11: a.check_explanation(module); break;
    case 12:
        for (uint32_t i = 0; i < times; ++i) {
            const endpoint host = some_host(input.byte());
            a.add_interval(module, host, some_interval(input));
        }
        a.end_interval(module);
        break;
    default:
        for (uint32_t i = 0; i < times; ++i)
            a.get_host(module);
    }
    a.check(module);
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars::fuzz;
    script input(data, size);
    agent a(some_config(input));
    for (int steps = 0; steps < MOST_STEPS && !input.at_end(); ++steps)
        step(a, input);
    a.take_summaries();
    for (uint32_t i = 0; i < 3; ++i)
        a.check_explanation(some_module(i));
    return 0;
}
