// How lars_lb_agent gets its routes: what it asks the dns, when it asks again, and
// what it makes of the answers.
#include "agent_fixture.h"

#include <set>

#include "lars_client.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

TEST_F(Agent, Trap_A4_RoutesThatChangeToAndFroAreSafe)
{
    start();
    learn(1, 1, {"10.0.0.1:80"});
    wire_peer peer = client(2);
    for (int i = 0; i < 50; ++i) {
        const std::string address = i % 2 == 0 ? "10.0.0.2:80" : "10.0.0.1:80";
        answer(1, 1, {address});
        ASSERT_TRUE(wait_until([&] {
            EXPECT_TRUE(peer.send_frame(ID_API_GetRouteRequest, route_request(1, 1)));
            return route_text(peer.receive_frame()) == "1,1: " + address;
        }));
        EXPECT_EQ(get_host(1, 1), "host " + address);
        send_report(1, 1, "10.0.0.1:80", 1);
    }
}

TEST_F(Agent, Trap_A7_DnsThatComesLaterIsAsked)
{
    const uint16_t port = _dns_listener.port();
    _dns_listener.close();
    ASSERT_TRUE(_agent->start());
    EXPECT_EQ(get_host(1, 1), "3");
    EXPECT_TRUE(_agent->process().wait_for_output("cannot connect"));
    ASSERT_TRUE(_dns_listener.listen_tcp(port));
    accept_dns();
    EXPECT_EQ(question(), "1,1");
    answer(1, 1, {"10.0.0.1:80"});
    EXPECT_TRUE(host_becomes(1, 1, "host 10.0.0.1:80"));
}

TEST_F(Agent, Trap_A8_LostAnswerIsAskedForAgain)
{
    start();
    EXPECT_EQ(get_host(1, 1), "3");
    EXPECT_EQ(question(), "1,1");
    EXPECT_EQ(question(milliseconds(10000)), "1,1");
    answer(1, 1, {"10.0.0.1:80"});
    EXPECT_TRUE(host_becomes(1, 1, "host 10.0.0.1:80"));
}

TEST_F(Agent, SilentDnsIsLeftForAnotherOne)
{
    wire_peer other;
    ASSERT_TRUE(other.listen_tcp());
    _agent->unset("dnsserver", "port");
    _agent->set("dnsserver", "addrs",
                "127.0.0.1:" + std::to_string(_dns_listener.port()) +
                    ", 127.0.0.1:" + std::to_string(other.port()));
    start();
    EXPECT_EQ(get_host(1, 1), "3");
    auto second = other.accept(milliseconds(20000));
    ASSERT_TRUE(second);
    _dns = std::move(*second);
    EXPECT_EQ(question(), "1,1");
    answer(1, 1, {"10.0.0.1:80"});
    EXPECT_TRUE(host_becomes(1, 1, "host 10.0.0.1:80"));
}

TEST_F(Agent, Trap_A9_UnknownModuleIsAskedForAboutOnceASecond)
{
    start();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(get_host(9, 9), "3");
    ASSERT_EQ(question(), "9,9");
    answer(9, 9, {});
    // Until a second question comes, requests are answered and cause none.
    int asked = 0;
    std::string again;
    while (again.empty() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)) {
        for (int i = 0; i < 50; ++i, ++asked)
            ASSERT_EQ(get_host(9, 9), "3");
        again = question(milliseconds(1));
    }
    EXPECT_EQ(again, "9,9");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
    EXPECT_GT(asked, 50);
}

TEST_F(Agent, ReconnectAsksForEverythingAgain)
{
    start();
    learn(1, 1, {"10.0.0.1:80"});
    learn(1, 2, {"10.0.0.2:80"});
    _dns.close();
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
    accept_dns();
    EXPECT_EQ((std::set<std::string>{question(), question()}),
              (std::set<std::string>{"1,1", "1,2"}));
    answer(1, 1, {"10.0.0.9:80"});
    EXPECT_TRUE(host_becomes(1, 1, "host 10.0.0.9:80"));
    EXPECT_EQ(get_host(1, 2), "host 10.0.0.2:80");
}

TEST_F(Agent, RestartWithoutDnsServesTheRoutesLastKnown)
{
    start();
    learn(1, 1, {"10.0.0.1:80"});
    EXPECT_EQ(_agent->stop(), 0);
    _dns.close();
    _dns_listener.close();
    ASSERT_TRUE(_agent->start());
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
}

TEST_F(Agent, DamagedRouteCacheIsRefusedAndTheAgentServes)
{
    write_text(_agent->folder().file("routes"),
               "lars-routes 1 2 0123456789abcdef\n1 1 10.0.0.1:80\n");
    start();
    EXPECT_TRUE(_agent->process().wait_for_output("route cache: "));
    EXPECT_EQ(get_host(1, 1), "3");
}

TEST_F(Agent, Trap_A17_RouteLongerThanADatagramIsCut)
{
    start();
    std::vector<std::string> hosts;
    for (int i = 0; i < 4095; ++i)
        hosts.push_back("192.168." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1) +
                        ":7777");
    learn(1, 1, hosts);
    lars_client asking("127.0.0.1", _agent->port());
    std::vector<lars_client::host> route;
    ASSERT_EQ(asking.get_route(1, 1, route), lars_client::RET_SUCC);
    EXPECT_GT(route.size(), 4000u);
    EXPECT_LT(route.size(), 4095u);
    EXPECT_TRUE(_agent->process().wait_for_output("has 4095 hosts, get_route gives the first " +
                                                  std::to_string(route.size())));
}

TEST_F(Agent, BadHostsOfAnAnswerAreLeftOut)
{
    start();
    EXPECT_EQ(get_host(1, 1), "3");
    ASSERT_EQ(question(), "1,1");
    answer(1, 1, {"10.0.0.1:0", "0.0.0.0:80", "10.0.0.2:80", "10.0.0.2:80"});
    EXPECT_TRUE(host_becomes(1, 1, "host 10.0.0.2:80"));
    wire_peer peer = client(2);
    ASSERT_TRUE(peer.send_frame(ID_API_GetRouteRequest, route_request(1, 1)));
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.2:80");
}

}  // namespace
}  // namespace lars
