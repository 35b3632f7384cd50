#include "login_limit.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::seconds;

const login_limit::time_point BEGIN{std::chrono::hours(1000)};

int64_t wait(login_limit &limit, const std::string &user, const std::string &address,
             login_limit::time_point now)
{
    return limit.begin(user, address, now).value_or(seconds(0)).count();
}

TEST(LoginLimit, AfterSomeFailuresTheWaitDoubles)
{
    login_limit limit;
    auto now = BEGIN;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", now), 0) << i;
    int64_t longest = 0;
    for (const int64_t expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
        EXPECT_EQ(wait(limit, "ann", "2.2.2.2", now), expected);
        longest = expected;
        now += seconds(expected);
        EXPECT_EQ(wait(limit, "ann", "2.2.2." + std::to_string(longest), now), 0);
    }
    // Others are not concerned.
    EXPECT_EQ(wait(limit, "bob", "9.9.9.9", now), 0);
}

TEST(LoginLimit, ASuccessForgetsTheUsersFailures)
{
    login_limit limit;
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 0);
    EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 0);
    limit.succeeded("ann", "1.1.1.1");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 0);
    EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 1);
}

TEST(LoginLimit, WhatIsNotCheckedIsNoTry)
{
    login_limit limit;
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 0) << i;
        limit.not_checked("ann", "1.1.1.1");
    }
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 0) << i;
    EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN), 1);
}

// An account of one's own does not open the way to try others'.
TEST(LoginLimit, AnAddressThatTriesManyUsersWaits)
{
    login_limit limit;
    int tried = 0;
    while (wait(limit, "user" + std::to_string(tried), "1.1.1.1", BEGIN) == 0 && tried < 100) {
        ++tried;
        if (wait(limit, "mallory", "1.1.1.1", BEGIN) == 0)
            limit.succeeded("mallory", "1.1.1.1");
    }
    EXPECT_GE(tried, 10);
    EXPECT_LE(tried, 20);
    EXPECT_EQ(wait(limit, "ann", "2.2.2.2", BEGIN), 0);
}

TEST(LoginLimit, QuietForgets)
{
    login_limit limit;
    for (int i = 0; i < 5; ++i)
        wait(limit, "ann", "1.1.1.1", BEGIN);
    EXPECT_EQ(wait(limit, "bob", "2.2.2.2", BEGIN + seconds(900)), 0);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait(limit, "ann", "1.1.1.1", BEGIN + seconds(900)), 0);
}

TEST(LoginLimit, ItRemembersNoMoreThanItMay)
{
    login_limit::limits bounds;
    bounds.remembered = 10;
    login_limit limit(bounds);
    for (int i = 0; i < 5; ++i)
        wait(limit, "ann", "1.1.1.1", BEGIN);
    for (int i = 0; i < 9; ++i)
        wait(limit, "u" + std::to_string(i), "a" + std::to_string(i), BEGIN);
    EXPECT_EQ(wait(limit, "ann", "3.3.3.3", BEGIN), 1);
    wait(limit, "u10", "a10", BEGIN);
    EXPECT_EQ(wait(limit, "ann", "3.3.3.3", BEGIN), 0);
}

}  // namespace
}  // namespace lars
