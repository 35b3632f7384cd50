// Which host is handed out next.
#include "scripted_hosts.h"

namespace lars {
namespace {

using test::scripted_hosts;

TEST(Choosing, WithoutHostsThereIsNone)
{
    scripted_hosts module;
    EXPECT_EQ(module.choose(3), "???");
    module.update("A");
    module.update("");
    EXPECT_EQ(module.choose(3), "???");
}

TEST(Choosing, IdleHostsTakeTurnsInTheOrderOfTheRoute)
{
    scripted_hosts module("ABC");
    EXPECT_EQ(module.choose(7), "ABCABCA");
}

TEST(Choosing, Trap_A5_EachChoiceTakesOneHostAndEveryEleventhProbes)
{
    scripted_hosts module("ABC");
    module.overload('C');
    EXPECT_EQ(module.choose(33), "ABABABABABC"
                                 "ABABABABABC"
                                 "ABABABABABC");
}

TEST(Choosing, AllOverloadedAnswersTenTimesThenProbes)
{
    scripted_hosts module("AB");
    module.overload('A');
    module.overload('B');
    EXPECT_EQ(module.choose(33), "----------A"
                                 "----------B"
                                 "----------A");
}

TEST(Choosing, ProbesTakeTurnsAmongTheOverloaded)
{
    scripted_hosts module("ABCD");
    for (char name : {'D', 'B', 'C'})
        module.overload(name);
    EXPECT_EQ(module.choose(44), "AAAAAAAAAADAAAAAAAAAABAAAAAAAAAACAAAAAAAAAAD");
}

TEST(Choosing, ProbeNumIsTheNumberOfChoicesBetweenProbes)
{
    scripted_hosts module("AB");
    module.config.probe_num = 1;
    module.overload('B');
    EXPECT_EQ(module.choose(6), "ABABAB");
    module.config.probe_num = 3;
    EXPECT_EQ(module.choose(8), "AAABAAAB");
}

TEST(Choosing, ChoicesWithoutOverloadedHostsDoNotCount)
{
    scripted_hosts module("AB");
    module.choose(25);
    module.overload('B');
    EXPECT_EQ(module.choose(11), "AAAAAAAAAAB");
}

TEST(Choosing, TheCountBeginsAnewWhenTheLastOverloadedHostRecovers)
{
    scripted_hosts module("AB");
    module.overload('B');
    EXPECT_EQ(module.choose(8), "AAAAAAAA");
    module.succeed('B', 15);
    ASSERT_FALSE(module.overloaded('B'));
    module.overload('B');
    EXPECT_EQ(module.choose(11), "AAAAAAAAAAB");
}

TEST(Choosing, TheCountBeginsAnewWhenTheLastOverloadedHostLeaves)
{
    scripted_hosts module("AB");
    module.overload('B');
    module.choose(8);
    module.update("A");
    module.update("AB");
    module.overload('B');
    EXPECT_EQ(module.choose(11), "AAAAAAAAAAB");
}

TEST(Choosing, TheCountGoesOnWhileAnotherHostStaysOverloaded)
{
    scripted_hosts module("ABC");
    module.overload('B');
    module.overload('C');
    module.choose(8);
    module.succeed('B', 15);
    ASSERT_FALSE(module.overloaded('B'));
    EXPECT_EQ(module.choose(3), "ABC");
}

TEST(Choosing, AHostThatChangesItsStateGoesToTheTail)
{
    scripted_hosts module("ABC");
    module.overload('A');
    module.choose(1);  // B
    module.succeed('A', 15);
    EXPECT_EQ(module.choose(6), "CBACBA");
}

TEST(Choosing, NewHostsStandAtTheTail)
{
    scripted_hosts module("AB");
    EXPECT_EQ(module.choose(), 'A');
    module.update("DABC");
    EXPECT_EQ(module.choose(5), "BADCB");
}

TEST(Choosing, AddressesThatDifferInOneBitAreDifferentHosts)
{
    scripted_hosts module;
    const std::vector<route_host> route = {{{0x0a000041, 1000}},
                                           {{0x0a000041, 1001}},
                                           {{0x0a000040, 1000}},
                                           {{0x8a000041, 1000}},
                                           {{0xffffffff, 65535}}};
    module.hosts.update(route, module.config, module.now);
    for (const route_host &expected : route) {
        endpoint chosen;
        ASSERT_EQ(module.hosts.choose_host(module.config, module.now, &chosen),
                  load_balance::choice::host);
        EXPECT_EQ(chosen, expected.address);
    }
    EXPECT_EQ(module.hosts.route(), route);
}

}  // namespace
}  // namespace lars
