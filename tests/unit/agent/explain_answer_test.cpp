// What the agent says to somebody who asks why, and that asking changes nothing.
#include "explain_answer.h"

#include <algorithm>

#include "message.h"
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::hosts_of;

const module_id MODULE{1, 2};
const std::string A = "10.0.0.1:80";
const std::string B = "10.0.0.2:80";
const std::string C = "10.0.0.3:80";

// The modules of one server, with a clock that only the test moves.
class asked_modules {
public:
    explicit asked_modules(const lb_config &config)
        : modules(
              config, [this](const module_id &id) { pulls.push_back(id); }, 7)
    {
    }

    std::string get()
    {
        endpoint chosen;
        const bool any = modules.get_host(MODULE, now, &chosen) == load_balance::choice::host;
        return any ? chosen.to_string() : "none";
    }
    void learn(const std::vector<std::string> &hosts)
    {
        get();
        modules.update({MODULE, hosts_of(hosts)}, now);
    }
    void report(const std::string &host, bool success)
    {
        modules.report({MODULE, test::host(host), success, 0}, now);
    }
    ExplainResponse explain(uint32_t first = 0, const module_id &module = MODULE)
    {
        const std::string body = explain_answer({module, 9, first}, modules, nullptr, started, now);
        EXPECT_LE(body.size(), DATAGRAM_LENGTH_LIMIT);
        ExplainResponse answer;
        EXPECT_TRUE(answer.ParseFromString(body));
        EXPECT_EQ(answer.seq(), 9u);
        return answer;
    }
    // As long as it takes, with the others well.
    void overload(const std::string &host)
    {
        for (int i = 0; i < 1000 && !modules.find(MODULE)->overloaded(test::host(host)); ++i) {
            for (const route_host &other : modules.find(MODULE)->route())
                report(other.address.to_string(), other.address != test::host(host));
        }
        ASSERT_TRUE(modules.find(MODULE)->overloaded(test::host(host)));
    }
    // By probes that succeed, as choices bring them.
    void mend(const std::string &host)
    {
        for (int i = 0; i < 10000 && modules.find(MODULE)->overloaded(test::host(host)); ++i) {
            now += milliseconds(20);
            const std::string chosen = get();
            if (chosen != "none")
                report(chosen, true);
        }
        ASSERT_FALSE(modules.find(MODULE)->overloaded(test::host(host)));
    }

    std::vector<module_id> pulls;
    lb_time started{seconds(1000)};
    lb_time now{seconds(1010)};
    route_lb modules;
};

lb_config rules(balance_policy policy)
{
    lb_config config;
    config.policy = policy;
    return config;
}

const ExplainedHost *find(const ExplainResponse &answer, const std::string &host)
{
    for (const ExplainedHost &one : answer.hosts()) {
        if (one.ip() == static_cast<int32_t>(test::host(host).ip) &&
            one.port() == test::host(host).port)
            return &one;
    }
    return nullptr;
}

std::string figure(const ExplainedHost &host, const std::string &name)
{
    for (const ExplainedFigure &figure : host.figures()) {
        if (figure.name() == name)
            return figure.value();
    }
    return "none";
}

std::vector<std::string> next_of(const ExplainResponse &answer)
{
    std::vector<std::string> next;
    for (const ExplainedChoice &choice : answer.next()) {
        const endpoint address{static_cast<uint32_t>(choice.ip()),
                               static_cast<uint16_t>(choice.port())};
        next.push_back(address.port == 0 ? "none" : address.to_string());
    }
    return next;
}

TEST(ExplainAnswer, AModuleThatNobodyHasAskedForIsUnknownAndStaysSo)
{
    asked_modules asked{lb_config()};
    const ExplainResponse answer = asked.explain();
    EXPECT_FALSE(answer.known());
    EXPECT_EQ(answer.modid(), 1);
    EXPECT_EQ(answer.cmdid(), 2);
    EXPECT_EQ(answer.running_ms(), 10000u);
    EXPECT_EQ(answer.policy(), "");
    EXPECT_EQ(answer.hosts_size() + answer.next_size(), 0);
    EXPECT_EQ(asked.modules.size(), 0u);
    EXPECT_TRUE(asked.pulls.empty());
}

TEST(ExplainAnswer, SaysWhereTheRouteIsFromAndHowOldItIs)
{
    asked_modules asked{lb_config()};
    asked.get();
    asked.now += seconds(3);
    ExplainResponse answer = asked.explain();
    EXPECT_TRUE(answer.known());
    EXPECT_EQ(answer.origin(), ROUTE_AWAITED);
    EXPECT_EQ(answer.route_ms(), 3000u);
    EXPECT_TRUE(answer.asking());
    EXPECT_EQ(answer.hosts_in_all(), 0u);
    EXPECT_EQ(answer.next_size(), 0);

    asked.learn({A});
    asked.now += seconds(100);
    answer = asked.explain();
    EXPECT_EQ(answer.origin(), ROUTE_FROM_DNS);
    EXPECT_EQ(answer.route_ms(), 100000u);
    EXPECT_FALSE(answer.asking()) << "old as it is, to explain asks no dns";
    EXPECT_EQ(asked.pulls.size(), 1u);

    asked_modules restarted{lb_config()};
    restarted.modules.restore({MODULE, hosts_of({A})}, restarted.now);
    restarted.now += seconds(5);
    answer = restarted.explain();
    EXPECT_EQ(answer.origin(), ROUTE_FROM_CACHE);
    EXPECT_EQ(answer.route_ms(), 5000u);
    EXPECT_TRUE(restarted.pulls.empty());
}

class ExplainPolicy : public testing::TestWithParam<balance_policy> {
protected:
    asked_modules asked{rules(GetParam())};
    bool adaptive = GetParam() == balance_policy::adaptive;
};

TEST_P(ExplainPolicy, AHostThatIsSetAsideIsExplained)
{
    asked.learn({A, B, C});
    ExplainResponse answer = asked.explain();
    EXPECT_EQ(answer.policy(), adaptive ? "adaptive" : "course");
    ASSERT_EQ(answer.hosts_size(), 3);
    const ExplainedHost *well = find(answer, B);
    ASSERT_TRUE(well);
    EXPECT_FALSE(well->overloaded());
    EXPECT_EQ(well->reason(), "") << "it began idle";
    EXPECT_EQ(well->weight(), 100u);
    EXPECT_NEAR(well->share(), 1.0 / 3, 1e-9);
    EXPECT_FALSE(well->has_next_probe());
    EXPECT_EQ(well->changes_size(), 0);

    asked.now += seconds(5);
    asked.overload(B);
    asked.now += milliseconds(200);
    answer = asked.explain();
    const ExplainedHost *aside = find(answer, B);
    ASSERT_TRUE(aside);
    EXPECT_TRUE(aside->overloaded());
    EXPECT_EQ(aside->state_ms(), 200u);
    EXPECT_EQ(aside->share(), 0);
    ASSERT_EQ(aside->changes_size(), 1);
    EXPECT_TRUE(aside->changes(0).overloaded());
    EXPECT_EQ(aside->changes(0).age_ms(), 200u);
    EXPECT_EQ(aside->changes(0).reason(), aside->reason());
    EXPECT_NEAR(find(answer, A)->share(), 0.5, 1e-9);
    EXPECT_EQ(find(answer, A)->state_ms(), 5200u);
    if (adaptive) {
        EXPECT_EQ(aside->reason(), reason_of(health_change::stands_out));
        EXPECT_EQ(figure(*aside, "evidence").find("8"), 0u) << figure(*aside, "evidence");
        EXPECT_EQ(aside->next_probe().in_ms(), 800u) << "probe_wait after it was set aside";
    } else {
        EXPECT_EQ(aside->reason(), reason_of(health_change::calls_fail));
        EXPECT_EQ(figure(*aside, "virtual failures"), "5");
        EXPECT_FALSE(aside->has_next_probe());
    }
}

TEST_P(ExplainPolicy, TheNextChoicesAreThoseThatComeAndAProbeIsMarked)
{
    asked.learn({A, B, C});
    asked.overload(B);
    asked.now += seconds(2);
    bool probe_seen = false;
    for (int round = 0; round < 30; ++round) {
        const ExplainResponse answer = asked.explain();
        const std::vector<std::string> expected = next_of(answer);
        ASSERT_EQ(expected.size(), 10u);
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(answer.next(i).probe(), expected[static_cast<size_t>(i)] == B);
            probe_seen = probe_seen || answer.next(i).probe();
        }
        for (const std::string &host : expected)
            EXPECT_EQ(asked.get(), host);
    }
    EXPECT_TRUE(probe_seen);
}

TEST_P(ExplainPolicy, AskingChangesNothing)
{
    asked_modules twin{rules(GetParam())};
    asked.learn({A, B, C});
    twin.learn({A, B, C});
    int probes = 0;
    for (int i = 0; i < 3000; ++i) {
        for (uint32_t first : {0u, 1u, 3u, UINT32_MAX})
            asked.explain(first);
        asked.explain(0, {77, 77});
        const std::string host = asked.get();
        ASSERT_EQ(host, twin.get()) << i;
        for (asked_modules *each : {&asked, &twin}) {
            if (host != "none")
                each->report(host, host != B || i > 2000);
            each->now += milliseconds(10);
            each->modules.check_deadlines(each->now);
        }
        probes += asked.modules.find(MODULE)->overloaded(test::host(B)) && host == B;
        ASSERT_EQ(asked.modules.next_deadline(), twin.modules.next_deadline()) << i;
    }
    EXPECT_GT(probes, 5);
    EXPECT_EQ(asked.modules.size(), 1u);
    EXPECT_EQ(asked.pulls, twin.pulls);
    EXPECT_EQ(asked.explain().SerializeAsString(), twin.explain().SerializeAsString());
}

TEST_P(ExplainPolicy, OfManyChangesTheLastTenAreTold)
{
    asked.learn({A, B, C});
    std::vector<std::pair<lb_time, bool>> changes;
    for (int i = 0; i < 7; ++i) {
        asked.now += seconds(30);
        asked.overload(B);
        changes.emplace_back(asked.now, true);
        asked.mend(B);
        changes.emplace_back(asked.now, false);
    }
    asked.now += seconds(1);
    const ExplainResponse answer = asked.explain();
    const ExplainedHost *host = find(answer, B);
    ASSERT_TRUE(host);
    ASSERT_EQ(host->changes_size(), 10);
    for (int i = 0; i < 10; ++i) {
        const auto &[when, overloaded] = changes[changes.size() - 10 + static_cast<size_t>(i)];
        const auto age = std::chrono::duration_cast<milliseconds>(asked.now - when);
        EXPECT_EQ(host->changes(i).age_ms(), static_cast<uint64_t>(age.count())) << i;
        EXPECT_EQ(host->changes(i).overloaded(), overloaded) << i;
    }
    EXPECT_EQ(host->reason(), reason_of(health_change::probes_succeed));
    EXPECT_EQ(host->state_ms(), 1000u);
    EXPECT_FALSE(host->overloaded());
}

TEST_P(ExplainPolicy, ALongRouteComesInPartsThatFitADatagram)
{
    std::vector<route_host> route;
    for (uint32_t i = 0; i < 4100; ++i)
        route.push_back({{0xc0000000 + i, 40000}, 100 + i});
    asked.get();
    asked.modules.update({MODULE, route}, asked.now);
    std::vector<std::pair<uint32_t, uint32_t>> told;  // address and weight
    int answers = 0;
    while (told.size() < route.size() && answers < 4100) {
        const ExplainResponse part = asked.explain(static_cast<uint32_t>(told.size()));
        EXPECT_EQ(part.hosts_in_all(), 4100u);
        EXPECT_EQ(part.first(), told.size());
        EXPECT_EQ(part.next_size(), answers == 0 ? 10 : 0);
        ASSERT_GT(part.hosts_size(), 0);
        EXPECT_LE(part.hosts_size(), 64) << "programs wait meanwhile for their hosts";
        for (const ExplainedHost &host : part.hosts())
            told.emplace_back(static_cast<uint32_t>(host.ip()), host.weight());
        ++answers;
    }
    ASSERT_EQ(told.size(), route.size());
    for (size_t i = 0; i < told.size(); ++i) {
        EXPECT_EQ(told[i].first, route[i].address.ip);
        // The course's rules know no weights, but they are told all the same.
        EXPECT_EQ(told[i].second, route[i].weight);
    }
    for (uint32_t beyond : {4100u, 4101u, UINT32_MAX}) {
        const ExplainResponse none = asked.explain(beyond);
        EXPECT_TRUE(none.known());
        EXPECT_EQ(none.hosts_in_all(), 4100u);
        EXPECT_EQ(none.first(), beyond);
        EXPECT_EQ(none.hosts_size() + none.next_size(), 0);
    }
}

TEST_P(ExplainPolicy, AChangeOfThePolicyIsAReasonToBeIdle)
{
    asked.learn({A, B, C});
    asked.overload(B);
    asked.now += seconds(1);
    asked.modules.set_config(rules(adaptive ? balance_policy::course : balance_policy::adaptive),
                             asked.now);
    const ExplainResponse answer = asked.explain();
    EXPECT_EQ(answer.policy(), adaptive ? "course" : "adaptive");
    const ExplainedHost *host = find(answer, B);
    ASSERT_TRUE(host);
    EXPECT_FALSE(host->overloaded());
    EXPECT_EQ(host->state_ms(), 0u);
    EXPECT_EQ(host->reason(), "the policy is another one");
    EXPECT_EQ(host->changes_size(), 2) << "what was is still told";
}

INSTANTIATE_TEST_SUITE_P(Each, ExplainPolicy,
                         testing::Values(balance_policy::adaptive, balance_policy::course),
                         [](const auto &tested) {
                             return tested.param == balance_policy::course ? "Course" : "Adaptive";
                         });

TEST(ExplainAnswer, WhereAllAreOverloadedThereIsNoNextChoice)
{
    asked_modules asked{rules(balance_policy::course)};
    asked.learn({A});
    for (int i = 0; i < 15; ++i)
        asked.report(A, false);
    const ExplainResponse answer = asked.explain();
    const std::vector<std::string> next = next_of(answer);
    EXPECT_GE(std::count(next.begin(), next.end(), "none"), 9);
    for (int i = 0; i < answer.next_size(); ++i)
        EXPECT_EQ(answer.next(i).probe(), next[static_cast<size_t>(i)] == A);
}

TEST(ExplainAnswer, IsForProgramsOfThisMachineAlone)
{
    for (const char *own : {"127.0.0.1:1", "127.0.0.0:5", "127.255.255.255:65535"})
        EXPECT_TRUE(may_be_told(test::host(own))) << own;
    for (const char *other :
         {"126.255.255.255:1", "128.0.0.1:1", "10.0.0.1:1", "0.0.0.0:1", "255.127.0.1:1"})
        EXPECT_FALSE(may_be_told(test::host(other))) << other;
}

}  // namespace
}  // namespace lars
