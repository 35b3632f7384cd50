// The course's policy, where clients choose from the table: what an interval means.
#include "interval_hosts.h"

namespace lars {
namespace {

using std::chrono::seconds;
using test::interval_hosts;

TEST(CourseInterval, CountsWhatReportsWouldCount)
{
    interval_hosts module("AB", test::course_rules());
    host_interval i;
    i.successes = 3;
    i.failures = 2;
    i.failure_weight = 7;
    i.run = -2;
    module.add('A', i);
    module.end();
    EXPECT_EQ(module.info('A').vsucc, 183u);
    EXPECT_EQ(module.info('A').verr, 7u);
    EXPECT_EQ(module.info('A').rsucc, 3u);
    EXPECT_EQ(module.info('A').rerr, 2u);
    EXPECT_EQ(module.info('A').contin_err, 2u);
    EXPECT_EQ(module.info('A').contin_succ, 0u);
}

TEST(CourseInterval, ARunGoesOnWhileIntervalsHaveItsOutcomeAlone)
{
    interval_hosts module("AB", test::course_rules());
    module.config.contin_err_limit = 9;
    module.add('A', 0, 4);
    module.end();
    module.add('A', 0, 4);
    module.end();
    EXPECT_EQ(module.info('A').contin_err, 8u);
    module.add('A', 1, 2);
    module.end();
    EXPECT_EQ(module.info('A').contin_err, 2u);
    module.add('A', 0, 7);
    module.end();
    EXPECT_TRUE(module.overloaded('A'));
}

TEST(CourseInterval, LimitsAreLookedAtOnceAtTheEndAndOnTheSideOfTheState)
{
    interval_hosts module("AB", test::course_rules());
    module.without_run_limits();
    module.add('A', 100, 21);
    module.end();
    EXPECT_FALSE(module.overloaded('A')) << "21 of 301";
    module.add('A', 0, 11);
    module.end();
    EXPECT_TRUE(module.overloaded('A'));
    EXPECT_EQ(module.info('A').verr, 5u);
    module.add('A', 96, 0);
    module.end();
    EXPECT_FALSE(module.overloaded('A'));
    EXPECT_EQ(module.changes, (std::vector<std::string>{"A+ calls fail", "A- probes succeed"}));
}

TEST(CourseInterval, AFailedProbeKeepsItAside)
{
    interval_hosts module("AB", test::course_rules());
    module.overload('A');
    module.add('A', 0, 1, 1);
    module.end();
    module.pass(seconds(16));
    EXPECT_TRUE(module.overloaded('A'));
    module.pass(seconds(16));
    EXPECT_FALSE(module.overloaded('A'));
}

TEST(CourseInterval, AProbeIsDueAfterTenChoicesOfAllClientsInTurn)
{
    interval_hosts module("ABC", test::course_rules());
    module.overload('A');
    module.overload('B');
    std::string probes;
    for (int i = 0; i < 22; ++i) {
        module.add('C', 5, 0);
        module.end();
        probes += module.probe();
    }
    EXPECT_EQ(probes, "-A-B-A-B-A-B-A-B-A-B-A");
    // More choices than are needed bring one probe for each interval.
    module.add('C', 500, 0);
    module.end();
    EXPECT_EQ(module.probe(), 'B');
    EXPECT_EQ(module.probe(), '-');
    module.add('C', 1, 0);
    module.end();
    EXPECT_EQ(module.probe(), 'A') << "those beyond count for the next one";
    EXPECT_EQ(module.probe(), '-');
}

TEST(CourseInterval, WhereAllAreRefusedChoicesStillBringAProbe)
{
    interval_hosts module("A", test::course_rules());
    module.overload('A');
    EXPECT_FALSE(module.shown('A').chosen);
    host_interval refused;
    refused.choices = 10;
    module.add('A', refused);
    module.end();
    EXPECT_EQ(module.probe(), 'A');
}

}  // namespace
}  // namespace lars
