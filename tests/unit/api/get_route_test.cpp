#include <gtest/gtest.h>

#include "fake_agent.h"
#include "free_port.h"
#include "lars_client.h"
#include "wire_peer.h"

using namespace lars::test;
using lars::lars_client;

namespace {

constexpr int LONG_MS = 20000;
constexpr int SHORT_MS = 40;

using route = std::vector<lars_client::host>;

// Answers each get_route with as many hosts as the list says, then with none.
fake_agent::handler routes_of(std::vector<int> sizes)
{
    return [sizes, next = size_t{0}](const fake_agent::request &asked,
                                     const fake_agent::reply &answer) mutable {
        const int hosts = next < sizes.size() ? sizes[next] : 0;
        ++next;
        answer(frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, hosts)));
    };
}

}  // namespace

TEST(LarsClientRoute, AllHostsArriveInOrder)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
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
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
    route hosts{{"10.0.0.1", 1}};
    EXPECT_EQ(client.get_route(1, 1, hosts), lars_client::RET_NOEXIST);
    EXPECT_EQ(hosts.size(), 1u);
}

TEST(LarsClientRoute, Trap_A17_RouteThatFillsADatagramIsTaken)
{
    fake_agent agent(routes_of({3600}));
    ASSERT_TRUE(agent.start());
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
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
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
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
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
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
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
    route hosts;
    ASSERT_EQ(client.get_route(1, 1, hosts), lars_client::RET_SUCC);
    EXPECT_EQ(hosts.size(), 3u);
}

TEST(LarsClientRoute, SilentOrAbsentAgentIsASystemError)
{
    fake_agent agent([](const fake_agent::request &, const fake_agent::reply &) {});
    ASSERT_TRUE(agent.start());
    lars_client silent("127.0.0.1", agent.base_port());
    silent.set_deadline(SHORT_MS);
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
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(LONG_MS);
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
        lars_client client("127.0.0.1", agent.base_port());
        client.set_deadline(LONG_MS);
        EXPECT_EQ(client.reg_init(1, 1), lars_client::RET_SUCC);
        EXPECT_EQ(agent.requests().size(), tries);
    }
}
