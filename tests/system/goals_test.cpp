// The goals, as an agent reaches them whose clients ask it for each call. In the plain build
// alone: it is the same code with sanitizers, and takes minutes there.
#include "goals.h"

#include <filesystem>
#include <set>

namespace lars {
namespace {

using namespace lars::test;

class Goals : public testing::TestWithParam<goal> {};

TEST_P(Goals, AreReached)
{
    ASSERT_EQ(GetParam().scenarios.size(), 1u);
    const std::string name = GetParam().scenarios[0];
    for (const outcome &made : play_all(scenario_named(name), GetParam().most)) {
        SCOPED_TRACE(GetParam().what + ": " + name + ", seed " + std::to_string(made.seed));
        check(GetParam().most, made);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, Goals, testing::ValuesIn(one_by_one()), test_name);

TEST(Goals, OthersKeepTheirWeightsWhereTheHeaviestHostIsDead)
{
    for (const outcome &made : play_all(scenario_named("weights-1-2-5-the-5-dead"), {})) {
        const auto &calls = made.adaptive.calls_of;
        EXPECT_NEAR(static_cast<double>(calls[1]) / static_cast<double>(calls[0]), 2, 0.01);
        EXPECT_LT(calls[2], calls[0] / 100);
    }
}

TEST(Goals, EachFileHasOneAndNothingElseIsInTheFolder)
{
    std::multiset<std::string> wanted, there;
    for (const goal &g : one_by_one())
        wanted.insert(g.scenarios[0] + ".scenario");
    for (const auto &file : std::filesystem::directory_iterator(scenarios_folder()))
        there.insert(file.path().filename());
    EXPECT_EQ(wanted, there);
}

}  // namespace
}  // namespace lars
