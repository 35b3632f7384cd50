// Asking the agent and reading its table come to the same. In the plain build alone, as
// goals_test.cpp.
#include "goals.h"
#include "table_clients.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t MANY = 100;

// A time in which all fail is no host's fault, wherever in an interval it begins and ends.
TEST(TableGoals, NobodyIsSetAsideWhenAllFailForAMoment)
{
    for (const double calls : {1000.0, 10000.0, 100000.0}) {
        for (const int lasts : {3, 7, 30}) {
            scenario played;
            played.duration = calls > 50000 ? seconds(2) : seconds(10);
            played.calls = calls;
            played.hosts.resize(calls > 5000 ? 10 : 3);
            played.repeat = milliseconds(501);
            const size_t last = played.hosts.size() - 1;
            played.events = {{milliseconds(101), 0, last, 1, scenario::USUAL_TIME},
                             {milliseconds(101 + lasts), 0, last, 0, scenario::USUAL_TIME}};
            for (const size_t clients : {size_t{1}, MANY}) {
                const auto made =
                    simulate(played, player::adaptive, {}, 1, with_table_clients(clients));
                EXPECT_GT(made.failed, 0u);
                EXPECT_EQ(made.changes.size(), 0u)
                    << calls << " calls a second, " << lasts << " ms, " << clients << " clients";
            }
        }
    }
}

// The machine's budget of probes is one, whoever takes them.
TEST(TableProbes, AreAsManyForManyClientsAsForOne)
{
    std::vector<uint64_t> taken;
    for (const size_t clients : {size_t{1}, MANY}) {
        table_clients agent(clients, std::vector<uint32_t>(10, 100), {}, 1,
                            [](const state_change &) {});
        for (scenario::time now(0); now < seconds(60); now += milliseconds(1)) {
            if (const auto host = agent.choose(now))
                agent.report(*host, *host != 0, 0, now);
        }
        taken.push_back(agent.probes());
    }
    EXPECT_GT(taken[0], 10u);
    EXPECT_NEAR(static_cast<double>(taken[1]), static_cast<double>(taken[0]),
                0.1 * static_cast<double>(taken[0]));
}

// An agent that is asked, with a route that changes.
class asked_agent : public chooser {
public:
    asked_agent(const std::vector<uint32_t> &weights, const lb_config &config,
                std::function<void(const state_change &)> changed)
        : _modules(
              config, [](const module_id &) {}, 1),
          _changed(std::move(changed))
    {
        set_weights(weights, scenario::time(0));
    }
    void set_weights(const std::vector<uint32_t> &weights, scenario::time now)
    {
        pass(now);
        _modules.restore({MODULE, route_of(weights)}, clock_at(now));
    }
    std::optional<size_t> choose(scenario::time now) override
    {
        pass(now);
        endpoint host;
        if (_modules.get_host(MODULE, clock_at(now), &host) != lb_choice::host)
            return std::nullopt;
        return host_of(host);
    }
    void report(size_t host, bool success, uint32_t timecost_ms, scenario::time now) override
    {
        pass(now);
        if (const auto change =
                _modules.report({MODULE, address_of(host), success, timecost_ms}, clock_at(now)))
            tell(now, *change);
    }
    void pass(scenario::time until) override
    {
        for (auto due = _modules.next_deadline(); due && *due <= clock_at(until);
             due = _modules.next_deadline()) {
            for (const module_change &change : _modules.check_deadlines(*due))
                tell(time_at(*due), change.change);
        }
    }

private:
    void tell(scenario::time when, const host_change &change)
    {
        _changed({when, host_of(change.address), change.overloaded, change.why});
    }

    route_lb _modules;
    std::function<void(const state_change &)> _changed;
};

struct played_script {
    std::vector<state_change> changes;
    std::vector<std::vector<double>> shares;  // in each ten seconds, of each host
};

constexpr milliseconds TAKES{2};

// 2,000 calls a second. Host 0 is dead from 5 s to 15 s. At 30 s host 1 is drained, host 2
// gets a greater weight, and host 4 is new; at 40 s host 0 leaves.
template <typename agent_type>
played_script play_script(agent_type &agent)
{
    played_script made;
    struct call {
        scenario::time begun;
        size_t host;
    };
    std::deque<call> under_way;
    std::vector<double> calls(5, 0);
    for (int i = 0; i < 50 * 2000; ++i) {
        const scenario::time now = i * std::chrono::microseconds(500);
        if (now == seconds(30))
            agent.set_weights({100, 0, 300, 100, 200}, now);
        if (now == seconds(40))
            agent.set_weights({0, 0, 300, 100, 200}, now);
        while (!under_way.empty() && under_way.front().begun + TAKES <= now) {
            const call done = under_way.front();
            under_way.pop_front();
            const bool dead =
                done.host == 0 && done.begun >= seconds(5) && done.begun < seconds(15);
            agent.report(done.host, !dead, TAKES.count(), done.begun + TAKES);
        }
        if (const auto host = agent.choose(now)) {
            under_way.push_back({now, *host});
            calls[*host] += 1.0 / 20000;
        }
        if ((i + 1) % 20000 == 0)
            made.shares.push_back(std::exchange(calls, std::vector<double>(5, 0)));
    }
    return made;
}

class AskedOrRead : public testing::TestWithParam<balance_policy> {};

TEST_P(AskedOrRead, ComesToTheSameStatesAndShares)
{
    lb_config config;
    config.policy = GetParam();
    const std::vector<uint32_t> weights = {100, 100, 200, 100};
    std::vector<state_change> of_asked, of_read;
    asked_agent asked(weights, config, [&](const state_change &c) { of_asked.push_back(c); });
    table_clients read(1, weights, config, 1, [&](const state_change &c) { of_read.push_back(c); });
    const played_script a = play_script(asked), b = play_script(read);

    ASSERT_EQ(of_asked.size(), 2u);
    ASSERT_EQ(of_read.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(of_read[i].host, of_asked[i].host);
        EXPECT_EQ(of_read[i].overloaded, of_asked[i].overloaded);
        EXPECT_LE(std::abs((of_read[i].when - of_asked[i].when).count()), 20e6)
            << of_read[i].when.count() << " and " << of_asked[i].when.count();
    }
    ASSERT_EQ(a.shares.size(), b.shares.size());
    for (size_t part = 0; part < a.shares.size(); ++part) {
        for (size_t host = 0; host < a.shares[part].size(); ++host)
            EXPECT_NEAR(b.shares[part][host], a.shares[part][host], 0.05 * a.shares[part][host])
                << "host " << host << " in the " << part << "th ten seconds";
    }
    EXPECT_LE(b.shares[3][1], 0) << "drained";
    EXPECT_LE(b.shares[4][0], 0) << "gone";
}

INSTANTIATE_TEST_SUITE_P(Policy, AskedOrRead,
                         testing::Values(balance_policy::adaptive, balance_policy::course),
                         [](const auto &policy) {
                             return policy.param == balance_policy::course ? "course" : "adaptive";
                         });

}  // namespace
}  // namespace lars
