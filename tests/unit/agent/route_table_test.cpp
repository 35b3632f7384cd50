// Many modules that clients of the table use: what the watcher is told, and intervals.
#include <algorithm>

#include "route_lb.h"
#include "scripted_hosts.h"

namespace lars {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::hosts_of;

const module_id MODULE{1, 2}, OTHER{3, 4};

class RouteTable : public testing::Test, public route_watcher {
protected:
    RouteTable() { modules.set_watcher(this); }
    void changed(const module_id &id, const load_balance &hosts, lb_time) override
    {
        told += id.to_string() + " " + std::to_string(hosts.hosts_in_table().size()) + " " +
                std::to_string(hosts.overloaded_hosts()) + ";";
    }
    void gone(const module_id &id) override { told += id.to_string() + " gone;"; }
    std::string heard() { return std::exchange(told, ""); }

    void answer(const std::vector<std::string> &hosts, const module_id &id = MODULE)
    {
        modules.get_host(id, now, &host);
        modules.update({id, hosts_of(hosts)}, now);
    }
    bool add(const std::string &address, uint64_t successes, uint64_t failures,
             const module_id &id = MODULE)
    {
        host_interval i;
        i.choices = successes + failures;
        i.successes = successes;
        i.failures = i.failure_weight = failures;
        i.run = failures > 0 ? -static_cast<int64_t>(failures) : static_cast<int64_t>(successes);
        return modules.add_interval(id, test::host(address), i, &seen, now);
    }

    lb_time now{seconds(1000)};
    endpoint host;
    host_slot seen = 0;  // of all hosts: often it is another's
    std::string told;
    std::vector<module_id> pulls;
    route_lb modules{test::course_rules(), [this](const module_id &id) { pulls.push_back(id); }};
};

TEST_F(RouteTable, AModuleIsToldOfOnceItIsShown)
{
    EXPECT_FALSE(modules.show(MODULE, now));
    answer({"10.0.0.1:80", "10.0.0.2:80"});
    EXPECT_EQ(heard(), "");
    EXPECT_TRUE(modules.show(MODULE, now));
    EXPECT_EQ(heard(), "(1,2) 2 0;");
    EXPECT_TRUE(modules.show(MODULE, now));
    EXPECT_EQ(heard(), "");
    answer({"10.0.0.1:80"}, OTHER);
    EXPECT_EQ(heard(), "");
}

TEST_F(RouteTable, ItIsToldOfWhateverChangesIt)
{
    answer({"10.0.0.1:80", "10.0.0.2:80"});
    modules.show(MODULE, now);
    heard();
    answer({"10.0.0.1:80", "10.0.0.2:80"});
    EXPECT_EQ(heard(), "") << "the same route";
    answer({"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"});
    EXPECT_EQ(heard(), "(1,2) 3 0;");
    modules.report({MODULE, test::host("10.0.0.1:80"), false, 5000}, now);
    EXPECT_EQ(heard(), "(1,2) 3 1;") << "a report";
    add("10.0.0.2:80", 0, 50);
    EXPECT_EQ(heard(), "");
    const auto changes = modules.end_interval(now);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].module, MODULE);
    EXPECT_EQ(changes[0].change.address, test::host("10.0.0.2:80"));
    EXPECT_EQ(heard(), "(1,2) 3 2;") << "an interval";
    now += seconds(15);
    modules.check_deadlines(now);
    EXPECT_EQ(heard(), "(1,2) 3 0;") << "time";
    modules.set_config(lb_config(), now);
    EXPECT_EQ(heard(), "(1,2) 3 0;") << "another policy";
}

TEST_F(RouteTable, AModuleThatLosesItsHostsIsGoneUntilItIsShownAgain)
{
    answer({"10.0.0.1:80"});
    modules.show(MODULE, now);
    heard();
    answer({});
    EXPECT_EQ(heard(), "(1,2) gone;");
    answer({"10.0.0.1:80"});
    EXPECT_EQ(heard(), "");
    EXPECT_TRUE(modules.show(MODULE, now));
    EXPECT_EQ(heard(), "(1,2) 1 0;");
}

TEST_F(RouteTable, AModuleThatNobodyUsesIsGoneAfterTenMinutes)
{
    answer({"10.0.0.1:80"});
    answer({"10.0.0.1:80"}, OTHER);
    modules.show(MODULE, now);
    modules.show(OTHER, now);
    heard();
    for (int minute = 0; minute < 12; ++minute) {
        now += minutes(1);
        add("10.0.0.1:80", 1, 0, OTHER);
        modules.end_interval(now);
        modules.check_deadlines(now);
    }
    EXPECT_EQ(heard(), "(1,2) gone;");
    EXPECT_EQ(modules.get_host(MODULE, now, &host), lb_choice::host) << "it is still known";
    EXPECT_EQ(heard(), "");
}

TEST_F(RouteTable, AnIntervalIsAUse)
{
    EXPECT_FALSE(add("10.0.0.1:80", 1, 0)) << "not known";
    EXPECT_TRUE(pulls.empty());
    answer({"10.0.0.1:80"});
    now += seconds(14);
    EXPECT_TRUE(add("10.0.0.1:80", 1, 0));
    EXPECT_EQ(pulls.size(), 1u);
    now += seconds(1);
    EXPECT_TRUE(add("10.0.0.1:80", 1, 0));
    EXPECT_EQ(pulls.size(), 2u) << "the route is old";
}

TEST_F(RouteTable, WhatIntervalsCountIsInTheNextSummary)
{
    answer({"10.0.0.1:80"});
    add("10.0.0.1:80", 3, 1);
    add("10.0.0.9:80", 3, 1);
    const auto sums = modules.take_summaries(1, 2);
    ASSERT_EQ(sums.size(), 1u);
    ASSERT_EQ(sums[0].hosts.size(), 1u);
    EXPECT_EQ(sums[0].hosts[0].succ, 3u);
    EXPECT_EQ(sums[0].hosts[0].err, 1u);
    modules.end_interval(now);
    EXPECT_TRUE(modules.take_summaries(1, 3).empty());
}

TEST_F(RouteTable, AModuleIsNotForgottenWithinAnInterval)
{
    answer({"10.0.0.1:80"});
    add("10.0.0.1:80", 0, 100);
    answer({});
    modules.take_summaries(1, 2);
    now += minutes(30);
    modules.check_deadlines(now);
    EXPECT_NE(modules.find(MODULE), nullptr);
    EXPECT_TRUE(modules.end_interval(now).empty());
    EXPECT_FALSE(modules.probe_due(MODULE, now));
    now += minutes(30);
    modules.check_deadlines(now);
    EXPECT_EQ(modules.find(MODULE), nullptr);
}

TEST_F(RouteTable, AProbeIsOfferedForAHostThatIsSetAside)
{
    answer({"10.0.0.1:80", "10.0.0.2:80"});
    modules.show(MODULE, now);
    EXPECT_FALSE(modules.probe_due(MODULE, now));
    add("10.0.0.1:80", 0, 50);
    modules.end_interval(now);
    add("10.0.0.2:80", 10, 0);
    modules.end_interval(now);
    EXPECT_EQ(modules.probe_due(MODULE, now),
              modules.find(MODULE)->slot_of(test::host("10.0.0.1:80")));
    EXPECT_FALSE(modules.probe_due(MODULE, now));
}

}  // namespace
}  // namespace lars
