// Whose turn it is, by shares.
#include "weighted_turn.h"

#include <gtest/gtest.h>

#include <map>

namespace lars {
namespace {

std::string turns(weighted_turn &turn, int times)
{
    std::string all;
    while (times-- > 0)
        all += static_cast<char>('A' + turn.next());
    return all;
}

weighted_turn turn_of(const std::vector<double> &shares, uint32_t seed = 1)
{
    weighted_turn turn(seed);
    for (host_slot host = 0; host < shares.size(); ++host)
        turn.add(host, shares[host]);
    return turn;
}

std::map<char, int> counted(const std::string &turns)
{
    std::map<char, int> counts;
    for (char host : turns)
        ++counts[host];
    return counts;
}

TEST(WeightedTurn, EqualSharesAreAPlainTurn)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({100, 100, 100, 100}, seed);
        const std::string first = turns(turn, 4);
        EXPECT_EQ(counted(first), (std::map<char, int>{{'A', 1}, {'B', 1}, {'C', 1}, {'D', 1}}));
        for (int round = 0; round < 1000; ++round)
            ASSERT_EQ(turns(turn, 4), first);
    }
}

TEST(WeightedTurn, SharesAreExactOverEachEightChoicesWherever)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({100, 200, 500}, seed);
        const std::string all = turns(turn, 80000);
        for (size_t from = 0; from + 8 <= all.size(); from += 7)
            ASSERT_EQ(counted(all.substr(from, 8)),
                      (std::map<char, int>{{'A', 1}, {'B', 2}, {'C', 5}}))
                << "from " << from;
    }
}

// As one that goes on where another turn was left: each host once before that one's next.
TEST(WeightedTurn, CanBeginAfterAHost)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({100, 100, 100, 100}, seed);
        turn.begin_after(2);
        const std::string first = turns(turn, 4);
        EXPECT_EQ(counted(first), (std::map<char, int>{{'A', 1}, {'B', 1}, {'C', 1}, {'D', 1}}));
        EXPECT_EQ(first.back(), 'C');
        EXPECT_EQ(turns(turn, 4), first);
    }
}

// Never two of the same host together where its share is a half or less, nor a pause
// longer than its share asks for.
TEST(WeightedTurn, IsSmooth)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({1, 1, 6}, seed);
        const std::string all = turns(turn, 8000);
        EXPECT_EQ(all.find("CCCCCCC"), std::string::npos);
        for (char light : {'A', 'B'}) {
            for (size_t at = all.find(light); at != std::string::npos;) {
                const size_t next = all.find(light, at + 1);
                if (next != std::string::npos) {
                    ASSERT_EQ(next - at, 8u);
                }
                at = next;
            }
        }
    }
}

TEST(WeightedTurn, ManyThatBeginGiveEachHostItsShareFromTheFirstChoiceOn)
{
    constexpr int TURNS = 20000;
    std::map<char, int> at[3];
    for (uint32_t seed = 1; seed <= TURNS; ++seed) {
        weighted_turn turn = turn_of({10, 30, 60}, seed * 7919);
        const std::string chosen = turns(turn, 3);
        for (int i = 0; i < 3; ++i)
            ++at[i][chosen[static_cast<size_t>(i)]];
    }
    // Four standard deviations are below 1.4 points.
    for (auto &counts : at) {
        EXPECT_NEAR(100.0 * counts['A'] / TURNS, 10, 1.4);
        EXPECT_NEAR(100.0 * counts['B'] / TURNS, 30, 1.4);
        EXPECT_NEAR(100.0 * counts['C'] / TURNS, 60, 1.4);
    }
}

TEST(WeightedTurn, AHostThatLeavesOrEntersChangesNothingForTheOthers)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({1, 1, 1, 1, 1}, seed);
        const std::string order = turns(turn, 5);
        turn.remove(2);
        std::string without = order;
        without.erase(without.find('C'), 1);
        EXPECT_EQ(turns(turn, 4), without);
        turn.add(2, 1);
        std::string with = turns(turn, 5);
        ASSERT_EQ(counted(with)['C'], 1);
        with.erase(with.find('C'), 1);
        EXPECT_EQ(with, without);
    }
}

TEST(WeightedTurn, AnotherShareGoesOnFromWhereTheTurnWas)
{
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        weighted_turn turn = turn_of({1, 1, 1, 1}, seed);
        const std::string order = turns(turn, 4);
        // All are changed alike: nobody's turn comes sooner or later.
        for (host_slot host = 0; host < 4; ++host)
            turn.set_share(host, 2.5);
        EXPECT_EQ(turns(turn, 4), order);
        turns(turn, 2);
        turn.set_share(0, 5);
        const std::string next = turns(turn, 5 * 20);
        EXPECT_NEAR(counted(next)['A'], 40, 1);
        EXPECT_NEAR(counted(next)['B'], 20, 1);
    }
}

TEST(WeightedTurn, TheGreatestDifferenceOfSharesIsKept)
{
    weighted_turn turn = turn_of({4294967295.0, 1, 0.001});
    for (int i = 0; i < 100000; ++i)
        EXPECT_EQ(turn.next(), 0u);
    turn.set_share(0, 0.001);
    EXPECT_EQ(counted(turns(turn, 100200)).size(), 3u);
}

TEST(WeightedTurn, GoesOnWhenVirtualTimeWraps)
{
    // A host alone with a tiny share passes 2^64 in 4,000 choices.
    weighted_turn turn = turn_of({0.001, 0.002});
    for (int i = 0; i < 10000; ++i)
        ASSERT_EQ(counted(turns(turn, 3)), (std::map<char, int>{{'A', 1}, {'B', 2}}));
}

}  // namespace
}  // namespace lars
