// lars_lb_agent as a process, between clients and a dns and a reporter that the
// test plays itself, byte by byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lars_client.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

// ThreadSanitizer runs one of its own.
#if defined(__SANITIZE_THREAD__)
constexpr int SANITIZER_THREADS = 1;
#else
constexpr int SANITIZER_THREADS = 0;
#endif

class Agent : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(_dns_listener.listen_tcp());
        ASSERT_TRUE(_reporter_listener.listen_tcp());
        _agent.emplace(_dns_listener.port(), _reporter_listener.port());
        // What these tests expect of the rules are the course's.
        _agent->set("loadbalance", "policy", "course");
    }

    void start()
    {
        ASSERT_TRUE(_agent->start());
        accept_dns();
    }
    void accept_dns()
    {
        auto accepted = _dns_listener.accept(milliseconds(15000));
        ASSERT_TRUE(accepted);
        _dns = std::move(*accepted);
    }

    // The next question of the agent, as "modid,cmdid"; "" when none comes.
    std::string question(milliseconds within = milliseconds(5000))
    {
        const auto frame = _dns.receive_frame(within);
        GetRouteRequest body;
        if (!frame || frame->msgid != ID_GetRouteRequest || !body.ParseFromString(frame->body))
            return "";
        return std::to_string(body.modid()) + "," + std::to_string(body.cmdid());
    }
    void answer(int modid, int cmdid, const std::vector<std::string> &hosts)
    {
        ASSERT_TRUE(_dns.send_frame(ID_GetRouteResponse, route_response(modid, cmdid, hosts)));
    }

    wire_peer client(int index)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(_agent->addresses()[static_cast<size_t>(index)].port));
        return peer;
    }
    static int owner(int modid, int cmdid)
    {
        const long long rest = (static_cast<long long>(modid) + cmdid) % 3;
        return static_cast<int>(rest < 0 ? rest + 3 : rest);
    }

    // "host 10.0.0.1:80", or the return code's number.
    std::string get_host(int modid, int cmdid)
    {
        wire_peer peer = client(owner(modid, cmdid));
        EXPECT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(7, modid, cmdid)));
        const auto frame = peer.receive_frame();
        GetHostResponse body;
        if (!frame || frame->msgid != ID_GetHostResponse || !body.ParseFromString(frame->body) ||
            body.seq() != 7 || body.modid() != modid || body.cmdid() != cmdid)
            return "no answer";
        return body.has_host() ? "host " + text_of(body.host()) : std::to_string(body.retcode());
    }
    bool host_becomes(int modid, int cmdid, const std::string &expected)
    {
        return wait_until([&] { return get_host(modid, cmdid) == expected; });
    }
    // First use, question, answer, and until it is served.
    void learn(int modid, int cmdid, const std::vector<std::string> &hosts)
    {
        EXPECT_EQ(get_host(modid, cmdid), "3");
        ASSERT_EQ(question(), std::to_string(modid) + "," + std::to_string(cmdid));
        answer(modid, cmdid, hosts);
        ASSERT_TRUE(wait_until([&] { return get_host(modid, cmdid) != "3"; }));
    }
    void send_report(int modid, int cmdid, const std::string &address, int retcode, int times = 1,
                     uint32_t timecost = 0)
    {
        wire_peer peer = client(owner(modid, cmdid));
        for (int i = 0; i < times; ++i)
            ASSERT_TRUE(peer.send_frame(ID_ReportRequest,
                                        report(modid, cmdid, address, retcode, timecost)));
        // Its answer comes after the reports were handled.
        ASSERT_TRUE(peer.send_frame(ID_API_GetRouteRequest, route_request(modid, cmdid)));
        ASSERT_TRUE(peer.receive_frame());
    }

    wire_peer _dns_listener;
    wire_peer _reporter_listener;
    wire_peer _dns;
    std::optional<agent_service> _agent;
};

TEST_F(Agent, GoldenBytesAreAnswered)
{
    start();
    learn(1, 1, {"192.168.1.177:7777"});
    wire_peer peer = client(2);
    ASSERT_TRUE(peer.send_bytes(from_hex("04000000 06000000 080710011801")));
    auto answered = peer.receive_frame();
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->msgid, 5);
    EXPECT_EQ(to_hex(answered->body), "0807100118012a0e08b183a085fcffffffff0110e13c");
    // Seq 0 is the field's absence.
    ASSERT_TRUE(peer.send_frame(4, from_hex("10011801")));
    answered = peer.receive_frame();
    ASSERT_TRUE(answered);
    EXPECT_EQ(to_hex(answered->body), "100118012a0e08b183a085fcffffffff0110e13c");

    for (int i = 0; i < 15; ++i)
        ASSERT_TRUE(peer.send_frame(6, from_hex("080110011a0e08b183a085fcffffffff0110e13c2001")));
    ASSERT_TRUE(peer.send_frame(4, from_hex("080710011801")));
    // The first choices after that may be probes.
    for (int i = 0; i < 2; ++i) {
        answered = peer.receive_frame();
        ASSERT_TRUE(answered);
        if (to_hex(answered->body) == "0807100118012001")
            break;
        ASSERT_TRUE(peer.send_frame(4, from_hex("080710011801")));
    }
    EXPECT_EQ(to_hex(answered->body), "0807100118012001");
}

TEST_F(Agent, Trap_A1_EachOfThreePortsServesItsModules)
{
    start();
    ASSERT_EQ(_agent->addresses().size(), 3u);
    EXPECT_EQ(_agent->addresses()[1].port, _agent->port() + 1);
    EXPECT_EQ(_agent->addresses()[2].port, _agent->port() + 2);
    for (int cmdid = 0; cmdid < 9; ++cmdid) {
        const std::string address = "10.0.0." + std::to_string(cmdid + 1) + ":80";
        learn(2, cmdid, {address});
        EXPECT_EQ(get_host(2, cmdid), "host " + address);
    }
}

TEST_F(Agent, Trap_A2_NegativeAndLargeIdsHaveAnOwner)
{
    start();
    learn(-1, 0, {"10.0.0.1:80"});
    learn(2147483647, 1, {"10.0.0.2:80"});
    learn(-2147483647 - 1, -2147483647 - 1, {"10.0.0.3:80"});
}

TEST_F(Agent, Trap_A3_FirstAskIsAnsweredNotExist)
{
    start();
    EXPECT_EQ(get_host(5, 5), "3");
    EXPECT_EQ(question(), "5,5");
}

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

TEST_F(Agent, Trap_A10_ThousandReportsAreSummedExactlyAcrossStateChanges)
{
    start();
    auto reporter = _reporter_listener.accept();
    ASSERT_TRUE(reporter);
    learn(1, 1, {"10.0.0.1:80", "10.0.0.2:80"});
    for (int i = 0; i < 10; ++i) {
        send_report(1, 1, "10.0.0.1:80", 0, 50);
        send_report(1, 1, "10.0.0.1:80", 1, 50);
    }
    uint32_t succ = 0;
    uint32_t err = 0;
    int messages = 0;
    while (succ + err < 1000) {
        const auto frame = reporter->receive_frame();
        ReportStatusRequest body;
        ASSERT_TRUE(frame && body.ParseFromString(frame->body));
        EXPECT_EQ(frame->msgid, 3);
        EXPECT_EQ(body.modid(), 1);
        EXPECT_EQ(static_cast<uint32_t>(body.caller()), 0x7f000001u);
        EXPECT_GT(body.ts(), 1700000000u);
        EXPECT_EQ(body.results_size(), 2) << "every host of the module";
        succ += body.results(0).succ();
        err += body.results(0).err();
        ++messages;
    }
    EXPECT_EQ(succ, 500u);
    EXPECT_EQ(err, 500u);
    EXPECT_LE(messages, 10) << "one for an interval, not one for a report";
    EXPECT_TRUE(_agent->process().wait_for_output("10.0.0.1:80 is overloaded: calls fail"));
    EXPECT_TRUE(_agent->process().wait_for_output("10.0.0.1:80 is idle again: probes succeed"));
}

TEST_F(Agent, Trap_A11_OverloadEndsByATimer)
{
    _agent->set("loadbalance", "overload_timeout", "1");
    start();
    learn(1, 1, {"10.0.0.1:80"});
    send_report(1, 1, "10.0.0.1:80", 1, 15);
    EXPECT_TRUE(_agent->process().wait_for_output("is overloaded: calls fail"));
    EXPECT_TRUE(_agent->process().wait_for_output("is idle again: overload time-out"));
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
}

TEST_F(Agent, OneSlowFailureIsNotARunOfFailures)
{
    start();
    learn(1, 1, {"10.0.0.1:80"});
    send_report(1, 1, "10.0.0.1:80", 1, 1, 1500);
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
    // Its weight counts all the same: two of them are 30 of 210.
    send_report(1, 1, "10.0.0.1:80", 1, 1, 1500);
    EXPECT_TRUE(_agent->process().wait_for_output("is overloaded: calls fail"));
    EXPECT_EQ(get_host(1, 1), "1");
}

TEST_F(Agent, Trap_A12_LittleTrafficThatFailsIsNoticedAfterTwoWindows)
{
    _agent->set("loadbalance", "idle_timeout", "1");
    _agent->set("loadbalance", "overload_timeout", "600");
    start();
    learn(1, 1, {"10.0.0.1:80"});
    // A failure now and then, never enough for the other rules.
    EXPECT_TRUE(wait_until([&] {
        send_report(1, 1, "10.0.0.1:80", 1);
        return _agent->process().wait_for_output("two bad windows in a row", milliseconds(400));
    }));
    EXPECT_EQ(_agent->process().output().find("calls fail"), std::string::npos);
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

TEST_F(Agent, NonsenseIsDroppedAndTheNextRequestServed)
{
    start();
    learn(1, 1, {"10.0.0.1:80"});
    wire_peer peer = client(2);
    for (const std::string &bytes :
         {std::string("x"), std::string("abc"), std::string("1234567"),
          from_hex("04000000 ffffffff"), from_hex("04000000 06000000 0807"),
          encode_frame(4, "\xff"), encode_frame(6, "\x1a\x05"), encode_frame(7, "\xff"),
          encode_frame(99, "")})
        ASSERT_TRUE(peer.send_bytes(bytes));
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
    EXPECT_TRUE(_agent->process().wait_for_output("does not parse"));
    EXPECT_TRUE(_agent->process().wait_for_output("unknown message id 99"));
}

TEST_F(Agent, BalanceIsReadAgainWhileRunning)
{
    _agent->set("loadbalance", "contin_err_limit", "1000000");
    _agent->set("loadbalance", "err_rate", "1");
    _agent->set("loadbalance", "window_err_rate", "1");
    _agent->set("loadbalance", "idle_timeout", "3600");
    start();
    learn(1, 1, {"10.0.0.1:80"});
    send_report(1, 1, "10.0.0.1:80", 1, 100);
    EXPECT_EQ(_agent->process().output().find("is overloaded"), std::string::npos);

    _agent->set("loadbalance", "contin_err_limit", "1");
    _agent->write_config();
    _agent->process().signal(SIGHUP);
    EXPECT_TRUE(_agent->process().wait_for_output("configuration read again"));
    // The owner of the module hears of it a moment later.
    EXPECT_TRUE(wait_until([&] {
        send_report(1, 1, "10.0.0.1:80", 1);
        return _agent->process().output().find("is overloaded") != std::string::npos;
    }));
}

TEST_F(Agent, ThePolicyAndItsLimitsAreReadAgainWhileRunning)
{
    start();
    learn(1, 1, {"10.0.0.1:80", "10.0.0.2:80"});
    send_report(1, 1, "10.0.0.1:80", 1, 15);
    ASSERT_TRUE(_agent->process().wait_for_output("10.0.0.1:80 is overloaded: calls fail"));

    const auto reload = [this] {
        const size_t said = _agent->process().output_size();
        _agent->write_config();
        _agent->process().signal(SIGHUP);
        return _agent->process().wait_for_output("configuration read again", milliseconds(10000),
                                                 said);
    };
    // As long as the limit is out of reach nobody is overloaded, and nothing is refused.
    _agent->set("loadbalance", "policy", "adaptive");
    _agent->set("loadbalance", "evidence_limit", "1000000");
    ASSERT_TRUE(reload());
    const auto both = [this] {
        std::set<std::string> hosts;
        for (int i = 0; i < 2; ++i)
            hosts.insert(get_host(1, 1));
        return hosts == std::set<std::string>{"host 10.0.0.1:80", "host 10.0.0.2:80"};
    };
    EXPECT_TRUE(wait_until(both)) << "the owner of the module hears of it a moment later";
    const auto fail = [this] {
        send_report(1, 1, "10.0.0.1:80", 1);
        send_report(1, 1, "10.0.0.2:80", 0);
    };
    for (int i = 0; i < 100; ++i)
        fail();
    EXPECT_TRUE(both());

    _agent->set("loadbalance", "evidence_limit", "8");
    ASSERT_TRUE(reload());
    EXPECT_TRUE(wait_until([&] {
        fail();
        return _agent->process().output().find("it fails more than the others") !=
               std::string::npos;
    }));
}

TEST_F(Agent, SigtermInTheMiddleOfTrafficHandsOverTheLastSums)
{
    _agent->set("loadbalance", "report_interval", "3600");
    start();
    auto reporter = _reporter_listener.accept();
    ASSERT_TRUE(reporter);
    ASSERT_TRUE(_agent->process().wait_for_output("reporter: connected"));
    learn(1, 1, {"10.0.0.1:80"});
    send_report(1, 1, "10.0.0.1:80", 0, 100);
    EXPECT_EQ(_agent->stop(), 0);
    const auto frame = reporter->receive_frame();
    ReportStatusRequest body;
    ASSERT_TRUE(frame && body.ParseFromString(frame->body));
    EXPECT_EQ(body.results(0).succ(), 100u);
    EXPECT_TRUE(reporter->wait_eof());
}

TEST_F(Agent, HasFiveThreadsAndOneEachForTheLogAndForItsFile)
{
    _agent->set("agent", "route_cache", _agent->folder().file("routes"));
    start();
    const run_result threads =
        run("/bin/ls", {"/proc/" + std::to_string(_agent->process().pid()) + "/task"});
    EXPECT_EQ(std::count(threads.output.begin(), threads.output.end(), '\n'),
              SANITIZER_THREADS + 7);
}

}  // namespace
}  // namespace lars
