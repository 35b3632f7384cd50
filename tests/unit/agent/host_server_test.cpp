// One UDP server of the agent, asked over a real socket.
#include "host_server.h"

#include <gtest/gtest.h>

#include <ifaddrs.h>

#include <mutex>

#include "messages.h"
#include "scripted_hosts.h"
#include "wait_until.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using test::host_request;
using test::to_hex;

class HostServer : public testing::Test {
protected:
    HostServer()
    {
        host_server::upstream up;
        up.pull = [this](const module_id &id) {
            std::lock_guard<std::mutex> lock(mutex);
            pulls.push_back(id.to_string());
        };
        up.send_summary = [this](call_summary summary) {
            std::lock_guard<std::mutex> lock(mutex);
            summaries.push_back(std::move(summary));
        };
        up.caller_ip = [this] { return caller.load(); };
        lb_config config = test::course_rules();
        config.report_interval = std::chrono::seconds(1);
        server =
            std::make_unique<host_server>(config, up, [this](log_level, const std::string &line) {
                std::lock_guard<std::mutex> lock(mutex);
                log += line + "\n";
            });
    }
    void start(uint32_t ip = 0x7f000001)
    {
        ASSERT_TRUE(server->bind({ip, 0}));
        ASSERT_TRUE(server->start());
        ASSERT_TRUE(client.connect_udp(server->address().port));
    }
    void give(const std::vector<std::string> &hosts)
    {
        module_route route{{1, 1}, {}};
        for (const std::string &text : hosts)
            route.hosts.push_back({test::host(text)});
        server->update(route);
    }
    // The GetHostResponse to (1,1) in hex.
    std::string ask(uint32_t seq = 7)
    {
        EXPECT_TRUE(client.send_frame(ID_GetHostRequest, host_request(seq, 1, 1)));
        const auto frame = client.receive_frame();
        return frame && frame->msgid == ID_GetHostResponse ? to_hex(frame->body) : "none";
    }
    void use_route(const std::vector<std::string> &hosts)
    {
        ask();
        give(hosts);
        ASSERT_TRUE(test::wait_until([&] { return ask().size() > 20; }));
    }
    // The ExplainResponse to (1,1) as bytes; "none" if none comes.
    std::string explain(const std::string &body)
    {
        EXPECT_TRUE(client.send_frame(ID_ExplainRequest, body));
        const auto frame = client.receive_frame();
        return frame && frame->msgid == ID_ExplainResponse ? frame->body : "none";
    }
    std::string said()
    {
        std::lock_guard<std::mutex> lock(mutex);
        return log;
    }
    size_t report_count()
    {
        std::lock_guard<std::mutex> lock(mutex);
        return summaries.size();
    }

    std::atomic<uint32_t> caller{0x7f000001};
    std::mutex mutex;
    std::vector<std::string> pulls;
    std::vector<call_summary> summaries;
    std::string log;
    std::unique_ptr<host_server> server;
    test::wire_peer client;
};

TEST_F(HostServer, TheFirstQuestionPullsAndLaterOnesGetTheGoldenAnswer)
{
    start();
    EXPECT_EQ(ask(), "0807100118012003");
    EXPECT_EQ(ask(0), "100118012003");
    give({"192.168.1.177:7777"});
    EXPECT_TRUE(
        test::wait_until([&] { return ask() == "0807100118012a0e08b183a085fcffffffff0110e13c"; }));
    std::lock_guard<std::mutex> lock(mutex);
    EXPECT_EQ(pulls, std::vector<std::string>{"(1,1)"});
}

TEST_F(HostServer, OverloadIsAnsweredWithoutAHost)
{
    start();
    use_route({"192.168.1.177:7777"});
    client.send_frame(ID_ReportRequest, test::report(1, 1, "192.168.1.177:7777", 1, 5000));
    EXPECT_EQ(ask(), "0807100118012001");
    EXPECT_NE(said().find("192.168.1.177:7777 is overloaded"), std::string::npos);
}

TEST_F(HostServer, ARestoredRouteServesAtOnce)
{
    server->restore({{1, 1}, {{test::host("192.168.1.177:7777")}}});
    start();
    EXPECT_EQ(ask(), "0807100118012a0e08b183a085fcffffffff0110e13c");
}

TEST_F(HostServer, GetRouteGivesAllHostsAndTheSeq)
{
    start();
    use_route({"10.0.0.1:80", "10.0.0.2:80"});
    client.send_frame(ID_API_GetRouteRequest, test::route_request(1, 1, 9));
    const auto frame = client.receive_frame();
    EXPECT_EQ(test::route_text(frame), "1,1: 10.0.0.1:80 10.0.0.2:80");
    GetRouteResponse body;
    ASSERT_TRUE(body.ParseFromString(frame->body));
    EXPECT_EQ(body.seq(), 9u);
}

TEST_F(HostServer, Trap_A17_ARouteTooLongForADatagramIsCutAndToldOnce)
{
    start();
    ask();
    module_route route{{1, 1}, {}};
    for (uint32_t i = 0; i < 4100; ++i)
        route.hosts.push_back({{0xc0000000 + i, 40000}});
    server->update(route);
    ASSERT_TRUE(test::wait_until([&] { return ask().size() > 20; }));
    for (int i = 0; i < 3; ++i) {
        client.send_frame(ID_API_GetRouteRequest, test::route_request(1, 1, UINT32_MAX));
        const auto frame = client.receive_frame();
        ASSERT_TRUE(frame.has_value());
        GetRouteResponse body;
        ASSERT_TRUE(body.ParseFromString(frame->body));
        EXPECT_LE(frame->body.size(), 65499u);
        *body.add_host() = body.host(0);
        EXPECT_GT(body.ByteSizeLong(), 65499u) << "one more would have fitted";
    }
    const std::string lines = said();
    const size_t first = lines.find("4100 hosts");
    EXPECT_NE(first, std::string::npos) << lines;
    EXPECT_EQ(lines.find("4100 hosts", first + 1), std::string::npos) << lines;
}

TEST_F(HostServer, ExplainsWithTheWordsOfItsLog)
{
    start();
    ExplainResponse answer;
    ASSERT_TRUE(answer.ParseFromString(explain(test::explain_request(7, 1, 1))));
    EXPECT_FALSE(answer.known());
    EXPECT_TRUE(pulls.empty());
    use_route({"10.0.0.1:80", "10.0.0.2:80"});
    client.send_frame(ID_ReportRequest, test::report(1, 1, "10.0.0.1:80", 1, 5000));
    ASSERT_TRUE(answer.ParseFromString(explain(test::explain_request(7, 1, 1))));
    EXPECT_EQ(answer.seq(), 7u);
    EXPECT_EQ(answer.policy(), "course");
    EXPECT_EQ(answer.origin(), ROUTE_FROM_DNS);
    ASSERT_EQ(answer.hosts_size(), 2);
    EXPECT_TRUE(answer.hosts(0).overloaded());
    EXPECT_NE(said().find("10.0.0.1:80 is overloaded: " + answer.hosts(0).reason() + "\n"),
              std::string::npos)
        << said();
    EXPECT_EQ(answer.next_size(), 10);
}

TEST_F(HostServer, HostileQuestionsWhyHaveADefinedAnswer)
{
    start();
    use_route({"10.0.0.1:80"});
    ExplainResponse answer;
    // Without a body it is module (0,0); numbers beyond 32 bits lose what is above.
    for (const std::string &body : {std::string(), test::from_hex("08ffffffffffffffffff01"),
                                    test::explain_request(0, INT32_MIN, INT32_MAX, UINT32_MAX)}) {
        ASSERT_TRUE(answer.ParseFromString(explain(body))) << to_hex(body);
        EXPECT_FALSE(answer.known());
    }
    ASSERT_TRUE(answer.ParseFromString(explain(test::explain_request(1, 1, 1, 1))));
    EXPECT_EQ(answer.hosts_in_all(), 1u);
    EXPECT_EQ(answer.hosts_size(), 0);
    client.send_frame(ID_ExplainRequest, "\xff\xff");
    EXPECT_GT(ask().size(), 20u) << "the garbage got no answer";
    EXPECT_NE(said().find("dropped a body of message 9 "), std::string::npos) << said();
    EXPECT_EQ(pulls, std::vector<std::string>{"(1,1)"});
}

// An address of this machine that is not a loopback one; empty where it has none.
std::string outer_address()
{
    ifaddrs *all = nullptr;
    std::string found;
    if (getifaddrs(&all) != 0)
        return found;
    for (const ifaddrs *one = all; one && found.empty(); one = one->ifa_next) {
        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET)
            continue;
        const auto *name = reinterpret_cast<const sockaddr_in *>(one->ifa_addr);
        const uint32_t ip = endpoint::from_sockaddr(*name).ip;
        if (ip >> 24 != 127)
            found = ip_to_string(ip);
    }
    freeifaddrs(all);
    return found;
}

TEST_F(HostServer, AQuestionWhyFromElsewhereIsDroppedAndCounted)
{
    const std::string outside = outer_address();
    if (outside.empty())
        return;  // ExplainAnswer.IsForProgramsOfThisMachineAlone has the rule
    start(0);
    const uint16_t port = server->address().port;
    test::wire_peer stranger;
    ASSERT_TRUE(stranger.connect_udp(port, outside));
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(stranger.send_frame(ID_ExplainRequest, test::explain_request(7, 1, 1)));
    ASSERT_TRUE(stranger.send_frame(ID_GetHostRequest, host_request(7, 1, 1)));
    const auto frame = stranger.receive_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->msgid, ID_GetHostResponse) << "the first answer that comes";
    EXPECT_NE(said().find("dropped a message 9 from " + outside + ":"), std::string::npos)
        << said();
    EXPECT_EQ(said().find("dropped"), said().rfind("dropped")) << "limited: " << said();
}

TEST_F(HostServer, GarbageIsDroppedAndTheNextQuestionAnswered)
{
    start();
    for (int msgid : {ID_GetHostRequest, ID_ReportRequest, ID_API_GetRouteRequest})
        client.send_frame(msgid, "\x08");
    client.send_bytes("abc");
    client.send_frame(4711, "?");
    EXPECT_EQ(ask(), "0807100118012003");
    EXPECT_NE(said().find("does not parse"), std::string::npos);
}

TEST_F(HostServer, Trap_A10_AThousandReportsAreOneMessageWithExactSums)
{
    start();
    use_route({"10.0.0.1:80"});
    for (int i = 0; i < 1000; ++i) {
        client.send_frame(ID_ReportRequest, test::report(1, 1, "10.0.0.1:80", i % 4 == 0 ? 5 : 0));
        if (i % 50 == 0)
            ask();  // so that no datagram is lost
    }
    ask();
    server->stop();
    uint32_t succ = 0;
    uint32_t err = 0;
    EXPECT_LE(summaries.size(), 3u);
    for (const call_summary &summary : summaries) {
        succ += summary.hosts.at(0).succ;
        err += summary.hosts.at(0).err;
    }
    EXPECT_EQ(succ, 750u);
    EXPECT_EQ(err, 250u);
}

TEST_F(HostServer, SumsGoOutEachIntervalAndWaitWhileTheReporterIsAway)
{
    caller = 0;
    start();
    use_route({"10.0.0.1:80"});
    client.send_frame(ID_ReportRequest, test::report(1, 1, "10.0.0.1:80", 0));
    ask();
    EXPECT_FALSE(test::wait_until([&] { return report_count() > 0; }, milliseconds(1500)));
    caller = 0x0a000009;
    ASSERT_TRUE(test::wait_until([&] { return report_count() == 1; }));
    std::lock_guard<std::mutex> lock(mutex);
    EXPECT_EQ(summaries[0].caller, 0x0a000009u);
    EXPECT_EQ(summaries[0].hosts.at(0).succ, 1u);
}

TEST_F(HostServer, ANewConfigurationIsUsedWhileRunning)
{
    start();
    use_route({"10.0.0.1:80"});
    lb_config config = test::course_rules();
    config.probe_num = 1;
    // Long enough for the questions below, also where the machine is busy.
    config.overload_timeout = std::chrono::seconds(3);
    server->set_config(config);
    ask();
    client.send_frame(ID_ReportRequest, test::report(1, 1, "10.0.0.1:80", 1, 5000));
    EXPECT_EQ(ask(), "0807100118012001");
    EXPECT_GT(ask().size(), 20u) << "the probe";
    EXPECT_TRUE(test::wait_until([&] {
        std::lock_guard<std::mutex> lock(mutex);
        return log.find("is idle again: overload time-out") != std::string::npos;
    })) << "by its timer, without a question";
}

}  // namespace
}  // namespace lars
