// The agent under the course's policy, against the slow model of its rules. The bytes are a
// script: what is done, and to which of six hosts.
#include "course_policy.h"

#include "course_model.h"
#include "expect.h"
#include "load_balance.h"
#include "script.h"

namespace lars::fuzz {
namespace {

using std::chrono::milliseconds;
using test::course_model;

// The same done to both.
class pair {
public:
    pair() { _config.policy = balance_policy::course; }

    void choose()
    {
        endpoint chosen;
        char name = '?';
        switch (_real.choose_host(_config, _now, &chosen)) {
        case lb_choice::host: name = static_cast<char>(chosen.ip & 0xff); break;
        case lb_choice::overloaded: name = '-'; break;
        case lb_choice::no_hosts: break;
        }
        expect(name == _model.choose(), "another host is chosen");
    }
    void report(char name, bool success, uint32_t timecost)
    {
        _real.report(named(name), success, timecost, _config, _now);
        _model.report(name, success, timecost);
    }
    void update(const std::string &names)
    {
        std::vector<route_host> route;
        for (char name : names)
            route.push_back({named(name)});
        _real.update(route, _config, _now);
        _model.update(names);
    }
    void pass(uint32_t time)
    {
        const lb_time until = _now + milliseconds(time);
        for (auto next = _real.next_deadline(); next && *next <= until;
             next = _real.next_deadline()) {
            expect(*next > _now, "a deadline that was over already");
            _now = *next;
            _real.check_deadlines(_config, _now);
        }
        _now = until;
        _model.pass(time);
    }
    void take_calls()
    {
        for (const host_calls &sum : _real.take_calls()) {
            auto &total = _sums[static_cast<char>(sum.address.ip & 0xff)];
            total.first += sum.succ;
            total.second += sum.err;
        }
        for (const auto &[name, total] : _model.sums)
            expect(_sums[name] == total, "calls are lost, or counted twice");
    }

    void compare() const
    {
        expect(_real.route().size() == _model.hosts.size(), "another number of hosts");
        const auto *policy = static_cast<const course_policy *>(_real.policy());
        for (const auto &[name, wanted] : _model.hosts) {
            const auto slot = _real.slot_of(named(name));
            expect(slot.has_value(), "a host is lost");
            const host_health &health = policy->health(*slot);
            const host_health::counts &seen = health.counted();
            const auto same = [](uint64_t a, long b) { return a == static_cast<uint64_t>(b); };
            expect(health.overloaded() == wanted.overloaded, "another state");
            expect(same(seen.vsucc, wanted.vsucc) && same(seen.verr, wanted.verr),
                   "other virtual calls");
            expect(same(seen.rsucc, wanted.rsucc) && same(seen.rerr, wanted.rerr),
                   "other real calls");
            expect(same(seen.contin_succ, wanted.run_succ) && same(seen.contin_err, wanted.run_err),
                   "other runs");
            expect(health.deadline() == _begin + milliseconds(wanted.deadline), "another deadline");
        }
    }

private:
    static endpoint named(char name) { return {0x0a000000u + static_cast<uint32_t>(name), 1000}; }

    const lb_time _begin{milliseconds(1000000)};
    lb_time _now = _begin;
    lb_config _config;
    load_balance _real;
    course_model _model;
    std::map<char, std::pair<long, long>> _sums;
};

}  // namespace

static char host_name(uint32_t number)
{
    return static_cast<char>('A' + number % 6);
}

// Some of the six hosts, a bit for each.
static std::string some_hosts(uint8_t bits)
{
    std::string names;
    for (uint32_t i = 0; i < 6; ++i)
        names += bits >> i & 1 ? std::string(1, host_name(i)) : "";
    return names;
}

static void step(pair &both, script &input)
{
    const uint8_t what = input.byte();
    const uint32_t times = 1 + what / 8;
    switch (what % 8) {
    case 0: both.update(some_hosts(input.byte())); break;
    case 1: both.pass(input.byte() * 100u); break;
    case 2: both.take_calls(); break;
    case 3: both.report(host_name(what / 8), false, input.byte() * 40u); break;
    case 4:
    case 5: {
        const char name = host_name(input.byte());
        for (uint32_t i = 0; i < times; ++i)
            both.report(name, what % 8 == 4, 0);
        break;
    }
    default:
        for (uint32_t i = 0; i < times; ++i)
            both.choose();
    }
    both.compare();
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars::fuzz;
    script input(data, size);
    lars::fuzz::pair both;
    both.update("");
    while (!input.at_end())
        step(both, input);
    both.take_calls();
    return 0;
}
