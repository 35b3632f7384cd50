// The demo's backend and caller, and the example, with real TCP between them.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "clients.h"
#include "paths.h"
#include "process.h"
#include "wait_until.h"
#include "wire_peer.h"

using namespace lars::test;

namespace {

// A backend that runs, and the port it took.
struct backend {
    process program;
    int port = 0;

    bool start(const std::string &name)
    {
        process_options options;
        options.ready_fd = true;
        if (!program.start(bin_path("lars_demo_backend"), {"127.0.0.1", "0", name}, options))
            return false;
        const auto addresses = program.wait_ready();
        port = addresses.empty() ? 0 : addresses[0].port;
        return port != 0;
    }
};

}  // namespace

static std::string read_to_line_ends(wire_peer &peer, int lines)
{
    std::string text;
    while (std::count(text.begin(), text.end(), '\n') < lines) {
        const std::string more = peer.receive_bytes();
        if (more.empty())
            break;
        text += more;
    }
    return text;
}

// Runs the caller, prints its table until COUNT calls are in it, starts a new
// phase, and prints once more.
static run_result run_caller(int agent_port, int count)
{
    const std::string script =
        "coproc CALLER { exec \"$0\" 1 1 --rate 500 --threads 2; }\n"
        "exec 3>&${CALLER[1]} 4<&${CALLER[0]}\n"
        "table() { echo print >&3; while read -r line && [ \"$line\" != end ];"
        " do echo \"$line\"; done <&4; }\n"
        "echo 'phase one' >&3\n"
        "for i in {1..1000}; do one=$(table)\n"
        "  calls=$(echo \"$one\" | awk '/^127/ {print $2}')\n"
        "  [ \"${calls:-0}\" -ge \"$1\" ] && break; sleep 0.01; done\n"
        "echo \"$one\"; echo 'phase two' >&3; table | head -1\n"
        "pid=$CALLER_PID; echo quit >&3; wait $pid; echo exit $?\n";
    return run("/bin/bash", {"-c", script, bin_path("lars_demo_caller"), std::to_string(count)},
               with_agent(agent_port));
}

TEST(DemoBackend, AnswersEachLineOfSeveralConnections)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    wire_peer first, second;
    ASSERT_TRUE(first.connect_tcp(static_cast<uint16_t>(server.port)));
    ASSERT_TRUE(second.connect_tcp(static_cast<uint16_t>(server.port)));
    ASSERT_TRUE(second.send_bytes("b\nc\nhalf"));
    ASSERT_TRUE(first.send_bytes("a\n"));
    EXPECT_EQ(read_to_line_ends(first, 1), "blue a\n");
    EXPECT_EQ(read_to_line_ends(second, 2), "blue b\nblue c\n");
    ASSERT_TRUE(second.send_bytes(" line\n"));
    EXPECT_EQ(read_to_line_ends(second, 1), "blue half line\n");
}

TEST(DemoBackend, EndlessLineEndsOnlyItsOwnConnection)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    wire_peer endless, other;
    ASSERT_TRUE(endless.connect_tcp(static_cast<uint16_t>(server.port)));
    ASSERT_TRUE(other.connect_tcp(static_cast<uint16_t>(server.port)));
    endless.send_bytes(std::string(20000, 'x'));
    EXPECT_TRUE(endless.wait_eof());
    ASSERT_TRUE(other.send_bytes("a\n"));
    EXPECT_EQ(read_to_line_ends(other, 1), "blue a\n");
}

TEST(DemoBackend, EndsAtOnceOnASignal)
{
    for (int number : {SIGTERM, SIGINT}) {
        backend server;
        ASSERT_TRUE(server.start("blue"));
        wire_peer open;
        ASSERT_TRUE(open.connect_tcp(static_cast<uint16_t>(server.port)));
        server.program.signal(number);
        EXPECT_EQ(server.program.wait_exit(), 0);
    }
}

TEST(DemoBackend, TakenPortIsAClearError)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    const run_result result =
        run(bin_path("lars_demo_backend"), {"127.0.0.1", std::to_string(server.port), "red"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("127.0.0.1:" + std::to_string(server.port)), std::string::npos);
    EXPECT_NE(result.output.find("in use"), std::string::npos) << result.output;
}

TEST(DemoCaller, CallsTheBackendAndReportsSuccess)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    fake_agent agent(good_agent("127.0.0.1", server.port));
    ASSERT_TRUE(agent.start());
    const run_result result = run_caller(agent.base_port(), 20);
    EXPECT_EQ(result.output.find("phase one\nhost"), 0u) << result.output;
    EXPECT_NE(result.output.find("\n127.0.0.1:" + std::to_string(server.port) + " "),
              std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("\noverload 0\nnoexist 0\nerror 0\nphase two\nexit 0\n"),
              std::string::npos)
        << result.output;

    const auto seen = agent.reports();
    ASSERT_GE(seen.size(), 20u);
    for (const auto &report : seen) {
        EXPECT_EQ(report.retcode(), 0);
        EXPECT_EQ(report.host().port(), server.port);
    }
}

TEST(DemoCaller, ReportsFailureOfABackendThatIsGone)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    server.program.kill();
    fake_agent agent(good_agent("127.0.0.1", server.port));
    ASSERT_TRUE(agent.start());
    const run_result result = run_caller(agent.base_port(), 5);
    EXPECT_NE(result.output.find("exit 0\n"), std::string::npos) << result.output;
    const auto seen = agent.reports();
    ASSERT_GE(seen.size(), 5u);
    for (const auto &report : seen)
        EXPECT_NE(report.retcode(), 0);
}

TEST(Example, CallsTheHostAndReportsHowItWent)
{
    backend server;
    ASSERT_TRUE(server.start("blue"));
    fake_agent agent(good_agent("127.0.0.1", server.port));
    ASSERT_TRUE(agent.start());
    const std::vector<std::string> args{"1", "1", "--port", std::to_string(agent.base_port())};
    const std::string host = "127.0.0.1:" + std::to_string(server.port);
    run_result result = run(bin_path("lars_example"), args);
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(result.output.find("host is " + host + "\ncalled " + host + ": connected, "), 0u)
        << result.output;
    EXPECT_NE(
        result.output.find("\nreported success\nchosen by UDP: the agent offers no local path\n"
                           "the agent was heard from "),
        std::string::npos)
        << result.output;

    server.program.kill();
    result = run(bin_path("lars_example"), args);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("Connection refused"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("\nreported failure\n"), std::string::npos) << result.output;
    ASSERT_TRUE(wait_until([&] { return agent.reports().size() == 2; }));
    EXPECT_EQ(agent.reports()[0].retcode(), 0);
    EXPECT_NE(agent.reports()[1].retcode(), 0);
}

TEST(Example, AsksAFreshAgentOftenEnough)
{
    fake_agent agent(fresh_agent());
    ASSERT_TRUE(agent.start());
    const run_result result =
        run(bin_path("lars_example"), {"1", "1"}, with_agent(agent.base_port()));
    EXPECT_EQ(result.output.find("host is 192.168.1.177:7777\n"), 0u) << result.output;
}

TEST(Example, NamesTheRetcodeWhereThereIsNoHost)
{
    fake_agent agent(refusing_agent(lars::RET_NOEXIST));
    ASSERT_TRUE(agent.start());
    const run_result result =
        run(bin_path("lars_example"), {"1", "1"}, with_agent(agent.base_port()));
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output, "RET_NOEXIST\n");
}
