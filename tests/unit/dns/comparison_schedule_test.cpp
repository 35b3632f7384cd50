// When everything is compared.
#include "comparison_schedule.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ComparisonSchedule : public testing::Test {
protected:
    // An interval later the mark is this. True if everything is compared then.
    bool look(const std::string &mark, bool is_fresh = false)
    {
        now += seconds(8);
        EXPECT_TRUE(schedule.look_due(now));
        if (!schedule.look({mark, is_fresh}, now))
            return false;
        schedule.compared(now, now + took);
        now += took;
        return true;
    }

    comparison_schedule schedule{seconds(8)};
    comparison_schedule::time_point now{seconds(1000)};
    milliseconds took{500};
};

TEST_F(ComparisonSchedule, TheFirstIsNeeded)
{
    EXPECT_TRUE(schedule.needed());
    EXPECT_TRUE(look("a"));
    EXPECT_FALSE(schedule.needed());
    schedule.need();
    EXPECT_TRUE(look("a"));
}

TEST_F(ComparisonSchedule, TheMarkIsLookedAtEachInterval)
{
    look("a");
    EXPECT_FALSE(schedule.look_due(now));
    EXPECT_FALSE(schedule.look_due(now + milliseconds(7999)));
    EXPECT_TRUE(schedule.look_due(now + seconds(8)));
    schedule.set_interval(seconds(2));
    EXPECT_TRUE(schedule.look_due(now));
}

TEST_F(ComparisonSchedule, WhatWasWrittenWithoutRowsIsComparedAtOnce)
{
    look("a");
    EXPECT_FALSE(look("a"));
    EXPECT_TRUE(look("b"));
    EXPECT_FALSE(look("b"));
    EXPECT_TRUE(look("a"));
}

TEST_F(ComparisonSchedule, AFreshMarkMayHideAnotherWriter)
{
    look("a");
    EXPECT_TRUE(look("b", true));
    EXPECT_TRUE(look("b"));
    EXPECT_FALSE(look("b"));
}

TEST_F(ComparisonSchedule, WhatCameWithRowsIsComparedSeldom)
{
    look("a");
    int compared = 0;
    for (int i = 0; i < 1000; ++i) {
        schedule.rows_came();
        compared += look("b" + std::to_string(i), true) ? 1 : 0;
    }
    // It takes half a second, and so is done each 500.
    EXPECT_GE(compared, 15);
    EXPECT_LE(compared, 16);
    for (int i = 0; i < 100; ++i)
        compared += look("b999") ? 1 : 0;
    EXPECT_LE(compared, 17) << "and once after the last";
}

TEST_F(ComparisonSchedule, OfASmallTableThatIsEachTime)
{
    took = milliseconds(2);
    look("a");
    for (int i = 0; i < 10; ++i) {
        schedule.rows_came();
        EXPECT_TRUE(look("b" + std::to_string(i)));
    }
}

TEST_F(ComparisonSchedule, WhatIsDueStaysDueUntilItWasCompared)
{
    look("a");
    now += seconds(8);
    EXPECT_TRUE(schedule.look({"b", false}, now));
    schedule.rows_came();
    EXPECT_TRUE(look("b"));
    EXPECT_FALSE(look("b"));
}

TEST_F(ComparisonSchedule, AfterAFailureTheMarkIsLookedAtSoon)
{
    schedule.set_interval(seconds(3600));
    look("a");
    now += seconds(3600);
    EXPECT_TRUE(schedule.look({"b", false}, now));
    schedule.failed(now + took);
    EXPECT_FALSE(schedule.look_due(now + seconds(5)));
    EXPECT_TRUE(schedule.look_due(now + seconds(6)));
    EXPECT_FALSE(schedule.needed()) << "not before anything is served";
    schedule.set_interval(seconds(2));
    schedule.failed(now);
    EXPECT_TRUE(schedule.look_due(now + seconds(2)));
}

TEST_F(ComparisonSchedule, WithoutAMarkItIsEachTime)
{
    look("");
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(look(""));
}

TEST_F(ComparisonSchedule, AfterAnHourItIsComparedAllTheSame)
{
    look("a");
    const auto start = now;
    while (!look("a")) {}
    EXPECT_GE(now - start, seconds(3600));
    EXPECT_LT(now - start, seconds(3620));
}

}  // namespace
}  // namespace lars
