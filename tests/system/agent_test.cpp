// lars_lb_agent as a process, between clients and a dns and a reporter that the
// test plays itself, byte by byte.
#include "agent_fixture.h"

#include <algorithm>
#include <set>

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

TEST_F(Agent, DnsAndReporterMayHaveNames)
{
    _agent->unset("dnsserver", "port");
    _agent->set("dnsserver", "addrs", "localhost:" + std::to_string(_dns_listener.port()));
    _agent->set("reporter", "ip", "LocalHost");
    start();
    learn(1, 1, {"10.0.0.1:80"});
    EXPECT_EQ(get_host(1, 1), "host 10.0.0.1:80");
    auto reporter = _reporter_listener.accept();
    ASSERT_TRUE(reporter);
    send_report(1, 1, "10.0.0.1:80", 0);
    const auto summary = reporter->receive_frame();
    EXPECT_TRUE(summary && summary->msgid == ID_ReportStatusRequest);

    // Each reconnect looks the name up again.
    _dns.reset();
    accept_dns();
    EXPECT_EQ(question(), "1,1");
    EXPECT_EQ(_agent->stop(), 0);
}

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
