// lars_bench, as a user runs it: against services of ours, and against peers that are none.
#include <gtest/gtest.h>

#include <csignal>

#include "database.h"
#include "free_port.h"
#include "messages.h"
#include "paths.h"
#include "process.h"
#include "running_service.h"
#include "text_match.h"

namespace lars {
namespace {

using namespace lars::test;

using words = std::vector<std::string>;

run_result bench(const words &arguments)
{
    return run(bin_path("lars_bench"), arguments);
}

std::string at(uint16_t port)
{
    return "127.0.0.1:" + std::to_string(port);
}

// The number before the text WHAT; -1 if there is none.
double figure(const std::string &output, const std::string &what)
{
    const auto match = first_match(output, "([0-9.]+) " + what);
    return match.empty() ? -1 : std::atof(match[1].c_str());
}

bool has_latency(const std::string &output)
{
    const std::string time = "[0-9.]+ (us|ms|s)";
    return has_match(output, "latency: median " + time + ", 99 of 100 within " + time +
                                 ", longest " + time + "\n");
}

class LarsBench : public testing::Test {
protected:
    void start_dns()
    {
        _routes.load(source_path("base/sql/sample.sql"));
        ASSERT_TRUE(_dns.start());
    }
    void add_host(const std::string &address)
    {
        _routes.exec("BEGIN; INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES "
                     "(1, 2, " +
                     std::to_string(host(address).ip) + ", " + std::to_string(host(address).port) +
                     "); INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 2, "
                     "UNIX_TIMESTAMP()); UPDATE RouteVersion SET version = "
                     "GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1; COMMIT");
    }

    database _routes;
    dns_service _dns{_routes.options()};
};

TEST_F(LarsBench, TcpCountsAnswersWhileTheRouteChanges)
{
    start_dns();
    process tool;
    ASSERT_TRUE(tool.start(bin_path("lars_bench"),
                           {"tcp", at(_dns.port()), "1", "2", "-c", "20", "-n", "4", "-s", "1"}));
    for (int port = 1; tool.running() && port < 1000; ++port) {
        add_host("10.0.0.1:" + std::to_string(port));
        std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(tool.wait_exit(), 0) << tool.output();
    EXPECT_NE(tool.output().find("(1,2) has "), std::string::npos) << tool.output();
    EXPECT_GT(figure(tool.output(), "lookups a second"), 0) << tool.output();
    EXPECT_NE(tool.output().find("on 20 connections with 4 under way on each"), std::string::npos);
    EXPECT_TRUE(has_latency(tool.output())) << tool.output();
    EXPECT_EQ(figure(tool.output(), "errors"), 0) << tool.output();
    EXPECT_GT(figure(tool.output(), "changes pushed"), 0) << tool.output();
}

TEST_F(LarsBench, TcpSaysThatAModuleIsNotKnown)
{
    start_dns();
    const run_result known = bench({"tcp", at(_dns.port()), "1", "2", "-c", "1", "-s", "1"});
    EXPECT_EQ(known.exit_status, 0) << known.output;
    EXPECT_NE(known.output.find("(1,2) has 3 hosts\n"), std::string::npos) << known.output;
    const run_result unknown = bench({"tcp", at(_dns.port()), "-9", "9", "-c", "2", "-s", "1"});
    EXPECT_EQ(unknown.exit_status, 0) << unknown.output;
    EXPECT_NE(unknown.output.find("(-9,9) has no hosts"), std::string::npos) << unknown.output;
    EXPECT_EQ(figure(unknown.output, "errors"), 0) << unknown.output;
}

TEST_F(LarsBench, UdpCountsPairsAndReportsThem)
{
    start_dns();
    wire_peer reports;
    ASSERT_TRUE(reports.listen_tcp());
    agent_service agent(_dns.port(), reports.port());
    ASSERT_TRUE(agent.start());
    auto reporter = reports.accept(milliseconds(15000));
    ASSERT_TRUE(reporter);
    const run_result first = bench({"udp", at(agent.port()), "1", "2", "-s", "1"});
    EXPECT_EQ(first.exit_status, 0) << first.output;
    EXPECT_GT(figure(first.output, "pairs of get_host and report a second"), 0) << first.output;
    EXPECT_TRUE(has_latency(first.output)) << first.output;
    EXPECT_TRUE(has_match(first.output, "RET_SUCC [1-9][0-9]*, "));
    EXPECT_NE(first.output.find("RET_NOEXIST 0\n"), std::string::npos) << first.output;
    EXPECT_TRUE(has_match(first.output, "lost [0-9]{1,2}, wrong 0\n")) << first.output;

    const run_result many =
        bench({"udp", "--agent", "127.0.0.1", "--port", std::to_string(agent.port()), "1", "2",
               "-s", "1", "-t", "2", "-n", "8"});
    EXPECT_EQ(many.exit_status, 0) << many.output;
    EXPECT_GT(figure(many.output, "pairs of get_host and report a second"), 0) << many.output;
    const run_result unknown = bench({"udp", at(agent.port()), "9", "9", "-s", "1"});
    EXPECT_EQ(unknown.exit_status, 0) << unknown.output;
    EXPECT_TRUE(has_match(unknown.output, "RET_NOEXIST [1-9]"));

    // What was reported goes on to the reporter as successes.
    uint64_t succ = 0;
    ReportStatusRequest body;
    while (succ < 100) {
        const auto frame = reporter->receive_frame();
        ASSERT_TRUE(frame && body.ParseFromString(frame->body)) << succ;
        for (const HostCallResult &result : body.results()) {
            EXPECT_EQ(result.err(), 0u);
            succ += result.succ();
        }
    }
}

TEST_F(LarsBench, LocalCountsPairsOfThreadsAndProcesses)
{
    start_dns();
    wire_peer reports;
    ASSERT_TRUE(reports.listen_tcp());
    agent_service agent(_dns.port(), reports.port());
    const uint16_t port = free_port(3);
    agent.set("agent", "port", std::to_string(port));
    agent.set("agent", "local", agent.folder().file("agent.sock"));
    agent.set("loadbalance", "report_interval", "1");
    ASSERT_TRUE(agent.start());
    auto reporter = reports.accept(milliseconds(15000));
    ASSERT_TRUE(reporter);

    const run_result one = bench({"local", at(port), "1", "2", "-s", "1"});
    EXPECT_EQ(one.exit_status, 0) << one.output;
    const double rate = figure(one.output, "pairs of get_host and report a second");
    EXPECT_GT(rate, 0) << one.output;
    EXPECT_NE(one.output.find("from 1 processes with 1 threads each\n"), std::string::npos);
    const char *const floor = "\nns a pair in each thread: [0-9.]+\n"
                              "floor: [0-9.]+ ns a pair, [0-9]+ % of that\n";
    EXPECT_TRUE(has_match(one.output, floor)) << one.output;

    const run_result many = bench({"local", "--agent", "127.0.0.1", "--port", std::to_string(port),
                                   "1", "1", "-m", "2", "-s", "1", "-p", "2", "-t", "2"});
    EXPECT_EQ(many.exit_status, 0) << many.output;
    const char *const each = "from 2 processes with 2 threads each\n"
                             "ns a pair in each thread:( [0-9.]+){4}\n";
    EXPECT_TRUE(has_match(many.output, each)) << many.output;

    // The agent has taken over what was counted, as successes.
    const auto match = first_match(one.output, "a second: ([0-9]+) in");
    ASSERT_FALSE(match.empty()) << one.output;
    const uint64_t pairs = std::stoull(match[1]);
    uint64_t succ = 0;
    ReportStatusRequest body;
    while (succ < pairs) {
        const auto frame = reporter->receive_frame();
        ASSERT_TRUE(frame && body.ParseFromString(frame->body)) << succ;
        for (const HostCallResult &result : body.results()) {
            EXPECT_EQ(result.err(), 0u);
            succ += result.succ();
        }
    }
}

TEST_F(LarsBench, LocalSaysWhyTheLocalPathIsNotMet)
{
    start_dns();
    wire_peer reports;
    ASSERT_TRUE(reports.listen_tcp());
    const uint16_t port = free_port(3);
    const words arguments = {"local", at(port), "1", "2", "-s", "1", "-t", "2"};
    const run_result nobody = bench(arguments);
    EXPECT_EQ(nobody.exit_status, 1) << nobody.output;
    EXPECT_EQ(nobody.output.find("lars_bench: "), 0u) << nobody.output;
    EXPECT_EQ(nobody.output.find('\n'), nobody.output.size() - 1) << nobody.output;

    agent_service agent(_dns.port(), reports.port());
    agent.set("agent", "port", std::to_string(port));
    ASSERT_TRUE(agent.start());
    const run_result without = bench(arguments);
    EXPECT_EQ(without.exit_status, 1) << without.output;
    EXPECT_EQ(without.output, "lars_bench: the local path is not met: the agent offers no local "
                              "path\n");
    const run_result unknown = bench({"local", at(port), "9", "9", "-s", "1"});
    EXPECT_EQ(unknown.exit_status, 1) << unknown.output;
    EXPECT_EQ(unknown.output, "lars_bench: (9,9): RET_NOEXIST\n");
}

TEST_F(LarsBench, PushPrintsEachChange)
{
    start_dns();
    process tool;
    ASSERT_TRUE(tool.start(bin_path("lars_bench"),
                           {"push", at(_dns.port()), "1", "2", "-c", "20", "-s", "60"}));
    ASSERT_TRUE(tool.wait_for_output("20 subscribers; (1,2) has 3 hosts\n")) << tool.output();
    for (const int hosts : {4, 5}) {
        add_host("10.0.0.1:" + std::to_string(hosts));
        EXPECT_TRUE(tool.wait_for_output("20 of 20 subscribers: (1,2) has " +
                                         std::to_string(hosts) + " hosts, "))
            << tool.output();
    }
    tool.signal(SIGINT);
    EXPECT_EQ(tool.wait_exit(), 0);
    EXPECT_TRUE(has_match(tool.output(), "hosts, [0-9.]+ (us|ms) from the first to the last, "
                                         "version [0-9]+\n"))
        << tool.output();
    EXPECT_TRUE(has_match(tool.output(), "\n2 changes; from the first to the "
                                         "last subscriber: median [0-9.]+ .*\n$"))
        << tool.output();

    const run_result quiet = bench({"push", at(_dns.port()), "1", "1", "-c", "2", "-s", "1"});
    EXPECT_EQ(quiet.exit_status, 0) << quiet.output;
    EXPECT_NE(quiet.output.find("no change came\n"), std::string::npos) << quiet.output;
}

// What a peer that is no dns does with each of its connections.
struct bad_peer {
    const char *what;
    std::string sends;
    const char *told;
};

TEST_F(LarsBench, APeerThatIsNoDnsIsNamedInALine)
{
    const std::string other = encode_frame(ID_GetRouteResponse, route_response(3, 4, {}));
    const std::string unasked =
        encode_frame(ID_GetRouteResponse, route_response(1, 2, {}) + from_hex("20e707"));
    const bad_peer peers[] = {
        {"closes", "", "has closed a connection"},
        {"garbage", "HTTP/1.1 400 Bad Request\r\n", "no answer of a lars_dns"},
        {"too long", from_hex("02000000ffffff7f"), "no answer of a lars_dns"},
        {"no message", encode_frame(ID_GetRouteResponse, "\xff"),
         "sends an answer that cannot be read"},
        {"another module", other, "answers about another module"},
        {"not asked", unasked, "answers what nobody has asked"}};
    for (const bad_peer &bad : peers) {
        wire_peer listener;
        process tool;
        ASSERT_TRUE(listener.listen_tcp());
        ASSERT_TRUE(tool.start(bin_path("lars_bench"),
                               {"tcp", at(listener.port()), "1", "2", "-c", "1", "-s", "30"}));
        auto peer = listener.accept();
        ASSERT_TRUE(peer);
        ASSERT_TRUE(peer->receive_frame());
        if (bad.sends.empty())
            peer->close();
        else
            peer->send_bytes(bad.sends);
        EXPECT_EQ(tool.wait_exit(), 1) << bad.what << "\n" << tool.output();
        const std::string told = "lars_bench: " + at(listener.port()) + " ";
        EXPECT_EQ(tool.output().find(told), 0u) << bad.what << "\n" << tool.output();
        EXPECT_NE(tool.output().find(bad.told), std::string::npos) << tool.output();
        EXPECT_EQ(tool.output().find('\n'), tool.output().size() - 1) << tool.output();
    }
}

TEST_F(LarsBench, APushIsNoAnswerAndSilenceIsToldOf)
{
    wire_peer listener;
    process tool;
    ASSERT_TRUE(listener.listen_tcp());
    ASSERT_TRUE(tool.start(bin_path("lars_bench"),
                           {"tcp", at(listener.port()), "1", "2", "-c", "1", "-s", "1"}));
    auto peer = listener.accept();
    ASSERT_TRUE(peer && peer->receive_frame());
    peer->send_frame(ID_GetRouteResponse, route_response(1, 2, {"10.0.0.1:80"}));
    EXPECT_EQ(tool.wait_exit(), 1) << tool.output();
    EXPECT_EQ(tool.output(), "lars_bench: " + at(listener.port()) + " has answered nothing\n");
}

TEST_F(LarsBench, ALostDatagramIsCountedAndReplaced)
{
    wire_peer agent;
    process tool;
    ASSERT_TRUE(agent.listen_udp());
    const uint16_t port = agent.port();
    ASSERT_GT(port, 3);
    // (1,1) belongs to the third port of an agent.
    ASSERT_TRUE(tool.start(bin_path("lars_bench"),
                           {"udp", at(static_cast<uint16_t>(port - 2)), "1", "1", "-s", "2"}));
    const auto answer = [&agent] {
        const auto frame = agent.receive_frame();
        GetHostRequest asked;
        GetHostResponse body;
        ASSERT_TRUE(frame && asked.ParseFromString(frame->body));
        body.set_seq(asked.seq());
        body.set_modid(1);
        body.set_cmdid(1);
        body.set_retcode(RET_OVERLOAD);
        agent.send_frame(ID_GetHostResponse, body.SerializeAsString());
    };
    // Is it there, has it a host, and the first that counts.
    for (int i = 0; i < 3; ++i)
        answer();
    // The next ones have no answer.
    EXPECT_EQ(tool.wait_exit(), 0) << tool.output();
    EXPECT_NE(tool.output().find("RET_OVERLOAD 1, "), std::string::npos) << tool.output();
    EXPECT_TRUE(has_match(tool.output(), "lost [12], wrong 0\n")) << tool.output();
}

TEST_F(LarsBench, NobodyThereIsOneLineAndWrongArgumentsAreTheUsage)
{
    wire_peer listener, datagrams;
    ASSERT_TRUE(listener.listen_tcp() && datagrams.listen_udp());
    const std::string tcp = at(listener.port());
    const std::string udp = at(static_cast<uint16_t>(datagrams.port() - 2));
    listener.close();
    datagrams.close();
    for (const words &arguments :
         {words{"tcp", tcp, "1", "1"}, words{"push", tcp, "1", "1"}, words{"udp", udp, "1", "1"}}) {
        const run_result result = bench(arguments);
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_EQ(result.output.find("lars_bench: nobody answers at 127.0.0.1:"), 0u)
            << result.output;
        EXPECT_EQ(result.output.find('\n'), result.output.size() - 1) << result.output;
    }
    for (const words &arguments :
         {words{}, words{"ftp"}, words{"tcp"}, words{"tcp", tcp}, words{"tcp", "x", "1", "1"},
          words{"tcp", "127.0.0.1:0", "1", "1"}, words{"tcp", tcp, "1", "1", "-c", "0"},
          words{"tcp", tcp, "1", "1", "-t", "1"}, words{"push", tcp, "1", "1", "-s", "x"},
          words{"udp", "1.2.3:4", "1", "1"}, words{"udp", "1", "1", "-n"},
          words{"udp", "127.0.0.1:65534", "1", "1"}, words{"local", "1"},
          words{"local", "1", "1", "-t", "0"}, words{"local", "1", "1", "-p", "101"},
          words{"local", "1", "2147483647", "-m", "2"}}) {
        const run_result result = bench(arguments);
        EXPECT_EQ(result.exit_status, 2) << result.output;
        EXPECT_NE(result.output.find("\nusage: lars_bench "), std::string::npos) << result.output;
    }
    for (const words &arguments : {words{"--help"}, words{"tcp", "--help"}, words{"udp", "--help"},
                                   words{"local", "--help"}, words{"push", "--help"}}) {
        const run_result result = bench(arguments);
        EXPECT_EQ(result.exit_status, 0) << result.output;
        EXPECT_EQ(result.output.find("usage: lars_bench "), 0u) << result.output;
    }
}

}  // namespace
}  // namespace lars
