// What is believed of a database, and for how long it is not.
#include "route_doubt.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::seconds;

class RouteDoubt : public testing::Test {
protected:
    static std::shared_ptr<const route_table> table(int first, int last, uint32_t ip = 1)
    {
        std::vector<module_route> routes;
        for (int i = first; i <= last; ++i)
            routes.push_back({{1, i}, {{{ip, 80}}}});
        return std::make_shared<route_table>(std::move(routes));
    }
    // A complete reading of modules (1,FIRST) to (1,LAST); FIRST > LAST: of none.
    static route_reader::result complete(std::optional<uint64_t> version, int first, int last,
                                         uint32_t ip = 1)
    {
        route_reader::result found;
        found.table = table(first, last, ip);
        found.rows = found.table->size();
        found.complete = true;
        found.version = version;
        return found;
    }
    // A reading of what RouteChange rows name, which is gone.
    route_reader::result gone(uint64_t version, const std::vector<module_id> &modules)
    {
        route_reader::result found;
        std::vector<module_route> changed;
        for (const module_id &module : modules)
            changed.push_back({module, {}});
        found.table = std::make_shared<route_table>(served->with(std::move(changed)));
        found.named = modules;
        found.version = version;
        return found;
    }
    // How many modules are served then.
    size_t judge(const route_reader::result &found)
    {
        served = doubt.judge(served, found, now);
        return served->size();
    }
    void serve(uint64_t version, int modules) { judge(complete(version, 1, modules)); }

    route_doubt doubt{seconds(3600)};
    std::shared_ptr<const route_table> served;
    route_doubt::time_point now{seconds(1000)};
};

TEST_F(RouteDoubt, ADatabaseMadeAnewTakesNothingAway)
{
    serve(1000, 3);
    EXPECT_EQ(judge(complete(0, 1, 0)), 3u);
    EXPECT_TRUE(doubt.doubting());
    EXPECT_EQ(doubt.kept(), 3u);
    EXPECT_EQ(doubt.reason(), "RouteVersion went back from 1000 to 0");
    EXPECT_EQ(served->version(), 1000u)
        << "agents hold that version, and would refuse 0 < v < 1000";
}

TEST_F(RouteDoubt, AMissingVersionAndALowerOneAreDoubted)
{
    for (const std::optional<uint64_t> &version : {std::optional<uint64_t>(), {0}, {999}}) {
        served = nullptr;
        doubt = route_doubt(seconds(3600));
        serve(1000, 3);
        EXPECT_EQ(judge(complete(version, 1, 2)), 3u);
        EXPECT_TRUE(doubt.doubting());
    }
}

TEST_F(RouteDoubt, WhatIsNewOrChangedIsServedMeanwhile)
{
    serve(1000, 3);
    EXPECT_EQ(judge(complete(5, 3, 4, 9)), 4u);
    EXPECT_EQ(served->find({1, 3})->hosts()[0].address.ip, 9u);
    EXPECT_TRUE(served->find({1, 4}));
    EXPECT_EQ(doubt.kept(), 2u);
}

TEST_F(RouteDoubt, MoreThanHalfAtOnceIsDoubtedWhateverTheVersion)
{
    serve(1000, 10);
    EXPECT_EQ(judge(complete(2000, 1, 4)), 10u);
    EXPECT_EQ(doubt.reason(), "6 of 10 modules are gone, and no RouteChange row names them");
}

TEST_F(RouteDoubt, HalfOfThemOrMostOfASmallTableMayGo)
{
    serve(1000, 10);
    EXPECT_EQ(judge(complete(2000, 1, 5)), 5u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(judge(complete(3000, 1, 0)), 0u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(served->version(), 3000u);
}

TEST_F(RouteDoubt, RouteChangeRowsAreProof)
{
    serve(1000, 4);
    route_reader::result all = complete(1, 1, 0);
    all.named = {{1, 1}, {1, 2}};
    EXPECT_EQ(judge(all), 2u);
    EXPECT_EQ(judge(gone(2, {{1, 3}})), 1u);
    EXPECT_EQ(judge(gone(1001, {{1, 4}})), 0u);
    EXPECT_FALSE(doubt.doubting());
}

TEST_F(RouteDoubt, WhatIsKeptStaysKeptWhenTheVersionIsInOrderAgain)
{
    serve(1000, 3);
    judge(complete(0, 1, 0));
    // The first row of those to follow, by a tool that sets the version to the time.
    EXPECT_EQ(judge(complete(1100, 1, 1)), 3u);
    EXPECT_TRUE(doubt.doubting());
    EXPECT_EQ(judge(complete(1101, 1, 3)), 3u);
    EXPECT_FALSE(doubt.doubting()) << "they are all back";
    EXPECT_EQ(served->version(), 1101u);
}

TEST_F(RouteDoubt, WithALowVersionItEndsWhenAllThatWasLackingIsBackOrNamed)
{
    serve(1000, 3);
    EXPECT_EQ(judge(complete(5, 1, 3)), 3u) << "nothing lacks yet, but it may be on its way";
    EXPECT_TRUE(doubt.doubting());
    judge(complete(5, 1, 1));
    EXPECT_EQ(doubt.kept(), 2u);
    judge(complete(6, 1, 2));
    EXPECT_EQ(doubt.kept(), 1u);
    EXPECT_EQ(judge(gone(7, {{1, 3}})), 2u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(judge(complete(8, 1, 1)), 1u) << "8 is not low any more";
}

TEST_F(RouteDoubt, AcceptedMeansAllOfIt)
{
    serve(1000, 3);
    judge(complete(0, 1, 0));
    route_reader::result accepted = complete(1200, 1, 1);
    accepted.accepted = true;
    EXPECT_EQ(judge(accepted), 1u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(served->version(), 1200u);
}

TEST_F(RouteDoubt, ItEndsByItselfAndAnswersSayNoVersionUntilTheHighestIsPassed)
{
    serve(1000, 3);
    judge(complete(5, 1, 0));
    now += seconds(3599);
    EXPECT_EQ(judge(complete(5, 1, 0)), 3u);
    EXPECT_EQ(doubt.ends(), now + seconds(1));
    now += seconds(1);
    EXPECT_EQ(judge(complete(5, 1, 0)), 0u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(served->version(), 0u);
    judge(complete(6, 1, 2));
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(served->version(), 0u);
    judge(complete(1000, 1, 2));
    EXPECT_EQ(served->version(), 1000u);
}

TEST_F(RouteDoubt, WithoutPatienceThereIsNone)
{
    doubt.set_patience(seconds(0));
    serve(1000, 20);
    EXPECT_EQ(judge(complete(0, 1, 0)), 0u);
}

TEST_F(RouteDoubt, ASnapshotsVersionCountsLikeOneThatWasRead)
{
    served = table(1, 3);
    doubt.remember_version(1000);
    EXPECT_EQ(judge(complete(0, 1, 0)), 3u);
    EXPECT_TRUE(doubt.doubting());
}

TEST_F(RouteDoubt, WithoutAKnownVersionALowOneIsNoReason)
{
    served = table(1, 3);
    EXPECT_EQ(judge(complete(0, 1, 1)), 1u);
    EXPECT_FALSE(doubt.doubting());
    EXPECT_EQ(judge(complete(0, 1, 2)), 2u);
    EXPECT_EQ(judge(complete(std::nullopt, 1, 1)), 1u);
    EXPECT_FALSE(doubt.doubting());
}

TEST_F(RouteDoubt, WhereAnEmptyTableIsServedThereIsNothingToDoubt)
{
    judge(complete(0, 1, 0));
    EXPECT_EQ(judge(complete(std::nullopt, 1, 0)), 0u);
    EXPECT_FALSE(doubt.doubting());
}

}  // namespace
}  // namespace lars
