// Many modules: when their routes are asked for, and what is forgotten.
#include "route_lb.h"

#include "scripted_hosts.h"
#include "wire_rules.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::hosts_of;

const module_id MODULE{1, 2};

class RouteLb : public testing::Test {
protected:
    load_balance::choice get(const module_id &id = MODULE)
    {
        return modules.get_host(id, now, &host);
    }
    void answer(const std::vector<std::string> &hosts, const module_id &id = MODULE)
    {
        modules.update({id, hosts_of(hosts)}, now);
    }
    void fail(const module_id &id, uint32_t timecost_ms)
    {
        if (const auto change =
                modules.report({id, test::host("10.0.0.1:80"), false, timecost_ms}, now))
            note(id, *change);
    }
    void check_deadlines()
    {
        for (const module_change &changed : modules.check_deadlines(now))
            note(changed.module, changed.change);
    }
    void note(const module_id &id, const host_change &change)
    {
        changes.push_back(id.to_string() + " " + change.address.to_string() + " " +
                          reason_of(change.why));
    }

    lb_config config = test::course_rules();
    lb_time now{seconds(1000)};
    endpoint host;
    std::vector<module_id> pulls;
    std::vector<std::string> changes;
    route_lb modules{config, [this](const module_id &id) { pulls.push_back(id); }};
};

TEST(AgentPort, Trap_A2_TheOwnerIsOneOfThreeWhateverTheNumbers)
{
    const int32_t low = INT32_MIN;
    const int32_t high = INT32_MAX;
    const std::pair<module_id, size_t> expected[] = {
        {{1, 1}, 2},    {{1, 2}, 0},       {{-1, 0}, 2},    {{-1, -1}, 1},    {{0, 0}, 0},
        {{high, 1}, 2}, {{high, high}, 2}, {{low, low}, 2}, {{low, high}, 2}, {{low, -1}, 0}};
    for (const auto &[id, owner] : expected)
        EXPECT_EQ(agent_port_of(id.modid, id.cmdid), owner) << id.to_string();
}

TEST_F(RouteLb, TheFirstUsePullsAndFindsNothing)
{
    EXPECT_EQ(get(), load_balance::choice::no_hosts);
    EXPECT_EQ(pulls, std::vector<module_id>{MODULE});
    answer({"10.0.0.1:80"});
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(host.to_string(), "10.0.0.1:80");
    EXPECT_EQ(pulls.size(), 1u);
}

TEST_F(RouteLb, GetRouteIsAUseToo)
{
    EXPECT_TRUE(modules.get_route(MODULE, now).empty());
    EXPECT_EQ(pulls.size(), 1u);
    answer({"10.0.0.2:80", "10.0.0.1:80"});
    EXPECT_EQ(modules.get_route(MODULE, now), hosts_of({"10.0.0.2:80", "10.0.0.1:80"}));
}

TEST_F(RouteLb, WhilePullingThereIsNoSecondPull)
{
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(get(), load_balance::choice::no_hosts);
        now += seconds(1);
    }
    EXPECT_EQ(pulls.size(), 1u);
}

TEST_F(RouteLb, Trap_A9_AnUnknownModuleIsAskedForOnceASecond)
{
    for (int ms = 0; ms < 10000; ++ms) {
        now += milliseconds(1);
        const size_t pulled = pulls.size();
        EXPECT_EQ(get(), load_balance::choice::no_hosts);
        if (pulls.size() > pulled)
            answer({});
    }
    EXPECT_GE(pulls.size(), 9u);
    EXPECT_LE(pulls.size(), 11u);
}

TEST_F(RouteLb, AnOldRouteIsPulledInTheBackgroundAndStillUsed)
{
    get();
    answer({"10.0.0.1:80"});
    now += milliseconds(14999);
    get();
    EXPECT_EQ(pulls.size(), 1u);
    now += milliseconds(2);
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(pulls.size(), 2u);
    now += seconds(100);
    EXPECT_EQ(get(), load_balance::choice::host) << "the answer is still on its way";
    answer({"10.0.0.2:80"});
    get();
    EXPECT_EQ(host.to_string(), "10.0.0.2:80");
    EXPECT_EQ(pulls.size(), 2u);
}

TEST_F(RouteLb, APushedChangeMakesTheRouteYoung)
{
    get();
    answer({"10.0.0.1:80"});
    now += seconds(10);
    answer({"10.0.0.2:80"});
    now += seconds(10);
    get();
    EXPECT_EQ(pulls.size(), 1u);
}

TEST_F(RouteLb, AnswersForModulesThatNobodyUsesAreIgnored)
{
    answer({"10.0.0.1:80"});
    EXPECT_EQ(modules.size(), 0u);
    fail(MODULE, 0);
    EXPECT_EQ(modules.size(), 0u);
    EXPECT_EQ(modules.find(MODULE), nullptr);
}

TEST_F(RouteLb, ARestoredRouteServesAtOnceAndIsPulledAtItsFirstUse)
{
    modules.restore({MODULE, hosts_of({"10.0.0.1:80"})}, now);
    EXPECT_TRUE(pulls.empty());
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(pulls.size(), 1u);
}

TEST_F(RouteLb, ModulesAreLimited)
{
    for (size_t i = 0; i < route_lb::MAX_MODULES; ++i) {
        get({static_cast<int32_t>(i), 0});
        answer({"10.0.0.1:80"}, {static_cast<int32_t>(i), 0});
    }
    EXPECT_EQ(pulls.size(), route_lb::MAX_MODULES);
    EXPECT_EQ(get({-1, 0}), load_balance::choice::no_hosts);
    answer({"10.0.0.1:80"}, {-1, 0});
    EXPECT_EQ(modules.modules_refused(), 1u);
    EXPECT_EQ(get({-1, 0}), load_balance::choice::no_hosts);
    EXPECT_TRUE(modules.get_route({-1, 0}, now).empty());
    EXPECT_EQ(pulls.size(), route_lb::MAX_MODULES + 1) << "it is asked for once a second";
    modules.restore({{-1, 0}, hosts_of({"10.0.0.1:80"})}, now);
    EXPECT_EQ(modules.size(), route_lb::MAX_MODULES);
    EXPECT_EQ(modules.modules_refused(), 2u);
    answer({"10.0.0.1:80"}, {7, 0});
    EXPECT_EQ(get({7, 0}), load_balance::choice::host) << "those that are known go on";
}

TEST_F(RouteLb, ModulesThatDoNotExistTakeNoRealOnesPlace)
{
    for (int i = 0; i < 300000; ++i) {
        get({i, 1});
        answer({}, {i, 1});
    }
    EXPECT_EQ(modules.size(), 0u);
    EXPECT_EQ(modules.questions_refused(), 0u);
    EXPECT_EQ(modules.find({0, 1}), nullptr);
    EXPECT_NE(modules.find({299999, 1}), nullptr);
    get();
    answer({"10.0.0.1:80"});
    EXPECT_EQ(get(), load_balance::choice::host);
}

TEST_F(RouteLb, QuestionsThatWaitForTheDnsAreLimitedAndARealModuleGetsInAfterThem)
{
    for (size_t i = 0; i < recently_asked::MAX; ++i)
        get({static_cast<int32_t>(i), 1});
    get();
    EXPECT_EQ(modules.questions_refused(), 1u);
    EXPECT_EQ(pulls.size(), recently_asked::MAX);
    // The dns is back.
    answer({}, {5, 1});
    get();
    answer({"10.0.0.1:80"});
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(modules.find({5, 1}), nullptr) << "it has made room";
}

TEST_F(RouteLb, AModuleWithoutHostsIsForgottenWhenNobodyUsesIt)
{
    get();
    get({3, 3});
    get({4, 4});
    answer({});
    answer({"10.0.0.1:80"}, {3, 3});
    for (int minute = 0; minute < 12; ++minute) {
        EXPECT_EQ(modules.next_deadline().has_value(), true);
        now += minutes(1);
        get({5, 5});
        answer({}, {5, 5});
        check_deadlines();
    }
    EXPECT_EQ(modules.find(MODULE), nullptr);
    EXPECT_NE(modules.find({3, 3}), nullptr) << "has hosts";
    EXPECT_NE(modules.find({4, 4}), nullptr) << "its answer is still on its way";
    EXPECT_NE(modules.find({5, 5}), nullptr) << "is asked for";
}

TEST_F(RouteLb, WithoutModulesThereIsNothingToWaitFor)
{
    EXPECT_FALSE(modules.next_deadline().has_value());
}

TEST_F(RouteLb, EachModuleEndsItsWindowsInTime)
{
    for (int32_t id = 1; id <= 5; ++id) {
        get({id, 0});
        answer({"10.0.0.1:80"}, {id, 0});
        fail({id, 0}, 0);
        now += seconds(1);
    }
    const lb_time first_end = lb_time(seconds(1015));
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(modules.next_deadline(), first_end + seconds(i));
        now = *modules.next_deadline();
        check_deadlines();
        fail({i + 1, 0}, 0);
    }
    EXPECT_TRUE(changes.empty());
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(modules.next_deadline(), first_end + seconds(15 + i));
        now = *modules.next_deadline();
        check_deadlines();
        EXPECT_EQ(changes.size(), static_cast<size_t>(i + 1));
    }
    EXPECT_EQ(changes[0], "(1,0) 10.0.0.1:80 two bad windows in a row");
}

TEST_F(RouteLb, AnOverloadByReportsMovesTheDeadline)
{
    get();
    answer({"10.0.0.1:80"});
    now += seconds(10);
    fail(MODULE, 5000);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(get(), load_balance::choice::overloaded);
    now += milliseconds(14999);
    check_deadlines();
    EXPECT_EQ(get(), load_balance::choice::overloaded);
    now += milliseconds(1);
    check_deadlines();
    EXPECT_EQ(get(), load_balance::choice::host);
    EXPECT_EQ(changes.size(), 2u);
}

TEST_F(RouteLb, DeadlinesOfModulesThatLostTheirHostsAreHarmless)
{
    for (int i = 0; i < 30; ++i) {
        get();
        answer(i % 2 ? std::vector<std::string>{} : std::vector<std::string>{"10.0.0.1:80"});
        now += seconds(5);
        check_deadlines();
        ASSERT_TRUE(modules.next_deadline().has_value());
        ASSERT_GT(*modules.next_deadline(), now);
    }
}

TEST_F(RouteLb, ANewConfigurationIsUsedFromNowOn)
{
    config.update_timeout = seconds(1);
    config.probe_num = 1;
    get();
    answer({"10.0.0.1:80"});
    modules.set_config(config, now);
    now += seconds(1);
    get();
    EXPECT_EQ(pulls.size(), 2u);
    fail(MODULE, 5000);
    EXPECT_EQ(get(), load_balance::choice::overloaded);
    EXPECT_EQ(get(), load_balance::choice::host);
}

}  // namespace
}  // namespace lars
