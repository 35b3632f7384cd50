// The goals, as an agent reaches them whose clients choose from its table and count by
// themselves. They compute for a minute and a half.
#include <sys/resource.h>

#include "goals.h"
#include "table_clients.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t MANY = 100;

// Each client's page has a descriptor.
size_t many(const scenario &played)
{
    rlimit most{};
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &most), 0);
    most.rlim_cur = most.rlim_max;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &most), 0);
    return played.agents <= 20 ? MANY : 10;
}

// What many clients may miss of a goal: each takes the hosts in its own turn, so that a host
// gets its calls in no even order. Round robin with such turns shows what that alone costs.
// Where nearly all are dead it also takes longer to find the host that is not.
limits for_many(const goal &g, const scenario &played, uint32_t seed)
{
    const std::string &name = g.scenarios[0];
    limits most = g.most;
    if (name == "cold-host") {
        const auto turns =
            simulate(played, player::adaptive, {}, seed, with_turns_of_clients(MANY));
        const auto turn = simulate(played, player::round_robin, {}, seed);
        *most.bad += 100 * (turns.bad() - turn.bad());
    }
    if (name == "dead-99-of-100")
        most.bad = 1.4;
    if (name == "nine-of-10-dead-and-little-room")
        most.bad_above_round_robin = 2;
    if (name == "weights-1-2-5")
        most.share_off = 0.1;
    return most;
}

class TableGoals : public testing::TestWithParam<goal> {};

TEST_P(TableGoals, AreReachedByOneClient)
{
    const std::string name = GetParam().scenarios[0];
    for (const outcome &made :
         play_all(scenario_named(name), GetParam().most, with_table_clients(1))) {
        SCOPED_TRACE(GetParam().what + ": " + name + ", seed " + std::to_string(made.seed));
        check(GetParam().most, made);
    }
}

TEST_P(TableGoals, AreReachedByManyClients)
{
    const std::string name = GetParam().scenarios[0];
    const scenario played = scenario_named(name);
    for (const outcome &made : play_all(played, GetParam().most, with_table_clients(many(played)))) {
        SCOPED_TRACE(GetParam().what + ": " + name + ", seed " + std::to_string(made.seed));
        check(for_many(GetParam(), played, made.seed), made);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, TableGoals, testing::ValuesIn(one_by_one()), test_name);

// Intervals of 5 ms in which each host is called 50 times.
class TableGoalsAt100000 : public testing::TestWithParam<size_t> {
protected:
    outcome play_for(const std::string &name, seconds duration, const limits &most)
    {
        scenario played = scenario_named(name);
        played.calls = 100000;
        played.duration = duration;
        const outcome made = play(played, 1, most, with_table_clients(GetParam()));
        check(most, made);
        return made;
    }
};

TEST_P(TableGoalsAt100000, ADeadHostCostsNextToNothing)
{
    play_for("dead-1-of-10", seconds(20), bad(0.03));
}

TEST_P(TableGoalsAt100000, AHostThatFailsAFifthIsSetAside)
{
    const outcome made = play_for("one-of-10-fails-20", seconds(20), bad(0.1));
    EXPECT_TRUE(made.adaptive.changes.at(0).overloaded);
    EXPECT_EQ(made.adaptive.changes[0].host, 0u);
}

TEST_P(TableGoalsAt100000, HostsThatFailAlikeAreCalledAlike)
{
    for (const char *name : {"all-fail-15", "all-fail-50"})
        play_for(name, seconds(10), all_called_alike());
}

TEST_P(TableGoalsAt100000, AHostComesBack)
{
    play_for("dead-for-5s", seconds(40), share_back_within(12, 16));
}

INSTANTIATE_TEST_SUITE_P(Clients, TableGoalsAt100000, testing::Values(1, MANY),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace lars
