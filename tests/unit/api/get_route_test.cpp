#include <gtest/gtest.h>

#include "clients.h"
#include "free_port.h"
#include "wait_until.h"
#include "wire_peer.h"

using namespace lars::test;
using lars::lars_client;

using route = std::vector<lars_client::host>;

// Answers each get_route with as many hosts as the list says, then with none.
static fake_agent::handler routes_of(std::vector<int> sizes)
{
    return [sizes, next = size_t{0}](const fake_agent::request &asked,
                                     const fake_agent::reply &answer) mutable {
        const int hosts = next < sizes.size() ? sizes[next] : 0;
        ++next;
        answer(frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, hosts)));
    };
}

TEST(LarsClientRoute, AllHostsArriveInOrder)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts{{"10.0.0.1", 1}};
    ASSERT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    ASSERT_EQ(hosts.size(), 3u);
    EXPECT_EQ(hosts[0].ip, "192.168.1.177");
    EXPECT_EQ(hosts[0].port, 7777);
    EXPECT_EQ(hosts[2].port, 7779);
    EXPECT_EQ(agent.requests().at(0).msgid, 7);
    EXPECT_EQ(agent.requests().at(0).port_index, 2);
}

TEST(LarsClientRoute, NoHostsMeansUnknownAndLeavesTheRouteAlone)
{
    fake_agent agent(routes_of({}));
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts{{"10.0.0.1", 1}};
    EXPECT_EQ(client.get_route(1, 1, hosts), lars_client::RET_NOEXIST);
    EXPECT_EQ(hosts.size(), 1u);
}

TEST(LarsClientRoute, Trap_A17_RouteThatFillsADatagramIsTaken)
{
    fake_agent agent(routes_of({3600}));
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts;
    ASSERT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    EXPECT_EQ(hosts.size(), 3600u);
}

TEST(LarsClientRoute, HostsThatCannotBeCalledAreLeftOut)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetRouteResponse bent = route_answer(asked, 3);
        bent.mutable_host(0)->set_port(70000);
        bent.mutable_host(2)->set_ip(0);
        answer(frame_of(lars::ID_API_GetRouteResponse, bent));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts;
    ASSERT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    ASSERT_EQ(hosts.size(), 1u);
    EXPECT_EQ(hosts[0].port, 7778);
}

TEST(LarsClientRoute, OldAgentWithoutSeqIsUnderstood)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetRouteResponse old = route_answer(asked, 1);
        old.clear_seq();
        answer(frame_of(lars::ID_API_GetRouteResponse, old));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts;
    EXPECT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
}

TEST(LarsClientRoute, Trap_A16_ForeignAnswersAreDiscarded)
{
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        const lars::GetRouteResponse right = route_answer(asked, 3);
        lars::GetRouteResponse seq = route_answer(asked, 1), modid = seq, cmdid = seq;
        seq.set_seq(seq.seq() - 1 == 0 ? 7 : seq.seq() - 1);
        modid.set_modid(9);
        modid.clear_seq();
        cmdid.set_cmdid(9);
        answer(frame_of(lars::ID_API_GetRouteResponse, seq));
        answer(frame_of(lars::ID_API_GetRouteResponse, modid));
        answer(frame_of(lars::ID_API_GetRouteResponse, cmdid));
        answer(frame_of(lars::ID_GetRouteResponse, route_answer(asked, 2)));
        answer(frame_of(lars::ID_API_GetRouteResponse, right));
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    route hosts;
    ASSERT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    EXPECT_EQ(hosts.size(), 3u);
}

TEST(LarsClientRoute, SilentOrAbsentAgentIsASystemError)
{
    fake_agent agent(silent_agent());
    ASSERT_TRUE(agent.start());
    lars_client silent = client_of(agent, SHORT_MS);
    route hosts;
    EXPECT_EQ(silent.get_route(1, 1, hosts), lars_client::RET_SYSTEM_ERROR);
    lars_client absent("127.0.0.1", free_port(3));
    EXPECT_EQ(absent.get_route(1, 1, hosts), lars_client::RET_SYSTEM_ERROR);
    EXPECT_EQ(absent.reg_init(1, 1), lars_client::RET_SYSTEM_ERROR);
}

TEST(LarsClientRegInit, AsksThreeTimesFiftyMillisecondsApart)
{
    fake_agent agent(routes_of({}));
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent);
    EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_NOEXIST);
    const auto seen = agent.requests();
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_GE(seen[1].at - seen[0].at, std::chrono::milliseconds(50));
    EXPECT_GE(seen[2].at - seen[1].at, std::chrono::milliseconds(50));
}

TEST(LarsClientRegInit, EndsAsSoonAsTheRouteIsThere)
{
    for (size_t tries = 1; tries <= 3; ++tries) {
        std::vector<int> sizes(tries - 1, 0);
        sizes.push_back(2);
        fake_agent agent(routes_of(sizes));
        ASSERT_TRUE(agent.start());
        lars_client client = client_of(agent);
        EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SUCC);
        EXPECT_EQ(agent.requests().size(), tries);
    }
}

// Silent until its Nth question; answers those from then on.
static fake_agent::handler agent_silent_before(int nth)
{
    return [nth, asked_so_far = 0](const fake_agent::request &asked,
                                   const fake_agent::reply &answer) mutable {
        if (++asked_so_far >= nth)
            answer(frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, 2)));
    };
}

// With a deadline for each try it would take three times this one.
TEST(LarsClientRegInit, SilentAgentIsGivenUpAfterTheDeadlineAndTheTwoPauses)
{
    const std::chrono::milliseconds deadline(1000), pauses(100);
    fake_agent agent(silent_agent());
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, static_cast<int>(deadline.count()));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SYSTEM_ERROR);
    const auto taken = std::chrono::steady_clock::now() - start;
    EXPECT_GE(taken, deadline + pauses);
    EXPECT_LT(taken, 2 * deadline + pauses) << "a second of it is for a busy machine";
    EXPECT_TRUE(wait_until([&] { return agent.requests().size() == 3; }));
    EXPECT_NE(client.error().find("deadline"), std::string::npos) << client.error();
}

TEST(LarsClientRegInit, SilentAgentIsAskedAgainBeforeTheDeadlineIsUsedUp)
{
    fake_agent agent(agent_silent_before(2));
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, 6000);
    EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SUCC);
    EXPECT_EQ(client.error(), "");
    EXPECT_EQ(agent.requests().size(), 2u);
}

TEST(LarsClientRegInit, SlowAnswerToAnEarlierTryIsTaken)
{
    // The second question gets the first one's answer, and none of its own.
    std::string first;
    fake_agent agent([&first](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (first.empty())
            first = frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, 2));
        else
            answer(first);
    });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, 6000);
    EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SUCC);
    EXPECT_EQ(agent.requests().size(), 2u);
}

TEST(LarsClientRegInit, WhatAQuickTryLeavesOfTheDeadlineIsForTheNext)
{
    // No route at once, then nothing: two tries share what is left.
    fake_agent agent(
        [tries = 0](const fake_agent::request &asked, const fake_agent::reply &answer) mutable {
            if (++tries == 1)
                answer(frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, 0)));
        });
    ASSERT_TRUE(agent.start());
    lars_client client = client_of(agent, 400);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SYSTEM_ERROR);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(400 + 100));
    EXPECT_TRUE(wait_until([&] { return agent.requests().size() == 3; }));
}
