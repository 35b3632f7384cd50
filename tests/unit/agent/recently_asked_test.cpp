// The bounded list of modules without hosts.
#include "recently_asked.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::seconds;

class RecentlyAsked : public testing::Test {
protected:
    static module_id module(size_t i) { return {static_cast<int32_t>(i), 1}; }
    void fill(bool answered)
    {
        for (size_t i = 0; i < recently_asked::MAX; ++i) {
            recently_asked::question *added = asked.add(module(i), now);
            ASSERT_NE(added, nullptr);
            added->pulling = true;
            if (answered)
                asked.answer(module(i), now);
        }
    }

    recently_asked asked;
    lb_time now{seconds(1000)};
    const module_id fresh{-1, -1};
    const module_id later{-2, -2};
};

TEST_F(RecentlyAsked, TheOneAnsweredFirstMakesRoom)
{
    fill(true);
    EXPECT_NE(asked.add(fresh, now), nullptr);
    EXPECT_EQ(asked.size(), recently_asked::MAX);
    EXPECT_EQ(asked.find(module(0)), nullptr);
    EXPECT_NE(asked.find(module(1)), nullptr);
}

TEST_F(RecentlyAsked, OneThatWaitsForAnAnswerAgainStays)
{
    fill(true);
    asked.find(module(0))->pulling = true;
    EXPECT_NE(asked.add(fresh, now), nullptr);
    EXPECT_NE(asked.find(module(0)), nullptr);
    EXPECT_EQ(asked.find(module(1)), nullptr);
    // Once it is answered, it is the last to leave.
    asked.answer(module(0), now);
    EXPECT_NE(asked.add(later, now), nullptr);
    EXPECT_NE(asked.find(module(0)), nullptr);
    EXPECT_EQ(asked.find(module(2)), nullptr);
}

TEST_F(RecentlyAsked, WhereNoneIsAnsweredThereIsNoRoom)
{
    fill(false);
    EXPECT_EQ(asked.add(fresh, now), nullptr);
    EXPECT_EQ(asked.size(), recently_asked::MAX);
    asked.answer(module(5), now);
    EXPECT_NE(asked.add(fresh, now), nullptr);
    EXPECT_EQ(asked.find(module(5)), nullptr);
}

TEST_F(RecentlyAsked, OneThatWasTakenOutIsPassedOver)
{
    fill(true);
    asked.remove(module(0));
    EXPECT_NE(asked.add(fresh, now), nullptr);
    EXPECT_NE(asked.find(module(1)), nullptr) << "there was room";
    EXPECT_NE(asked.add(later, now), nullptr);
    EXPECT_EQ(asked.find(module(1)), nullptr);
}

}  // namespace
}  // namespace lars
