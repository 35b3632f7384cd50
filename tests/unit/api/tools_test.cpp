// The tools, as a user runs them.
#include <gtest/gtest.h>

#include "fake_agent.h"
#include "free_port.h"
#include "paths.h"
#include "process.h"
#include "wait_until.h"
#include "wire_peer.h"

using namespace lars::test;

namespace {

using arguments = std::vector<std::string>;

run_result run_tool(const std::string &tool, const arguments &args, int agent_port)
{
    process_options options;
    options.environment = {"LARS_AGENT=127.0.0.1:" + std::to_string(agent_port)};
    return run(bin_path(tool), args, options);
}

// Answers every module with one retcode.
fake_agent::handler refusing_agent(lars::LarsRetCode retcode)
{
    return [retcode](const fake_agent::request &asked, const fake_agent::reply &answer) {
        if (asked.msgid == lars::ID_GetHostRequest)
            answer(frame_of(lars::ID_GetHostResponse, host_refusal(asked, retcode)));
        else if (asked.msgid == lars::ID_API_GetRouteRequest)
            answer(frame_of(lars::ID_API_GetRouteResponse, route_answer(asked, 0)));
    };
}

struct misuse {
    const char *tool;
    arguments args;
};

}  // namespace

class ToolMisuse : public testing::TestWithParam<misuse> {};

TEST_P(ToolMisuse, ShowsTheUsageAndExitsWithTwo)
{
    const run_result result = run_tool(GetParam().tool, GetParam().args, free_port(3));
    EXPECT_EQ(result.exit_status, 2) << result.output;
    EXPECT_NE(result.output.find(std::string("usage: ") + GetParam().tool), std::string::npos)
        << result.output;
}

INSTANTIATE_TEST_SUITE_P(
    Each, ToolMisuse,
    testing::Values(
        misuse{"lars_get_host", {}}, misuse{"lars_get_host", {"1"}},
        misuse{"lars_get_host", {"1", "1", "1"}}, misuse{"lars_get_host", {"one", "1"}},
        misuse{"lars_get_host", {"1", "2x"}}, misuse{"lars_get_host", {"", "1"}},
        misuse{"lars_get_host", {" 1", "1"}}, misuse{"lars_get_host", {"2147483648", "1"}},
        misuse{"lars_get_host", {"99999999999999999999", "1"}},
        misuse{"lars_get_host", {"1", "1", "--prot", "8888"}},
        misuse{"lars_get_host", {"1", "1", "--port"}},
        misuse{"lars_get_host", {"1", "1", "--port", "0"}},
        misuse{"lars_get_host", {"1", "1", "--port=65534"}},
        misuse{"lars_get_host", {"1", "1", "--agent", "localhost"}},
        misuse{"lars_get_route", {"1"}}, misuse{"lars_get_route", {"1", "1", "x"}},
        misuse{"lars_report", {"1", "1", "10.0.0.1", "80"}},
        misuse{"lars_report", {"1", "1", "host", "80", "0"}},
        misuse{"lars_report", {"1", "1", "10.0.0.1", "65536", "0"}},
        misuse{"lars_report", {"1", "1", "10.0.0.1", "80", "0", "-1"}},
        misuse{"lars_example", {"1"}}, misuse{"lars_simulator", {"1", "1", "11"}},
        misuse{"lars_simulator", {"1", "1", "-1"}}, misuse{"lars_simulator", {"1", "1", "0", "0"}},
        misuse{"lars_qps", {}}, misuse{"lars_qps", {"0"}}, misuse{"lars_qps", {"1", "0"}},
        misuse{"lars_qps", {"1", "1", "--modid", "x"}},
        misuse{"lars_demo_backend", {"127.0.0.1", "0"}},
        misuse{"lars_demo_backend", {"127.0.0.1", "65536", "name"}},
        misuse{"lars_demo_backend", {"here", "0", "name"}},
        misuse{"lars_demo_caller", {"1"}}, misuse{"lars_demo_caller", {"1", "1", "--rate", "0"}},
        misuse{"lars_demo_caller", {"1", "1", "--threads", "many"}}));

TEST(Tools, HelpIsNoMistake)
{
    for (const char *tool : {"lars_get_host", "lars_get_route", "lars_report", "lars_example",
                             "lars_simulator", "lars_qps", "lars_demo_backend",
                             "lars_demo_caller"}) {
        const run_result result = run(bin_path(tool), {"--help"});
        EXPECT_EQ(result.exit_status, 0) << tool;
        EXPECT_EQ(result.output.find(std::string("usage: ") + tool), 0u) << result.output;
    }
}

TEST(Tools, MistakenEnvironmentIsNamed)
{
    for (const char *address : {"127.0.0.1", "here:8888", "127.0.0.1:x", "127.0.0.1:65534", ":"}) {
        process_options options;
        options.environment = {std::string("LARS_AGENT=") + address};
        const run_result result = run(bin_path("lars_get_host"), {"1", "1"}, options);
        EXPECT_EQ(result.exit_status, 2) << address;
        EXPECT_NE(result.output.find("LARS_AGENT"), std::string::npos) << result.output;
    }
}

TEST(Tools, GetHostPrintsTheHost)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool("lars_get_host", {"-1", "0"}, agent.base_port());
    EXPECT_EQ(result.output, "host is 192.168.1.177:7777\n");
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(agent.requests().at(0).port_index, 2);
}

TEST(Tools, OptionsGoBeforeTheEnvironment)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const arguments args{"--port", std::to_string(agent.base_port()), "1", "1", "--agent=127.0.0.1"};
    EXPECT_EQ(run_tool("lars_get_host", args, free_port(3)).output, "host is 192.168.1.177:7777\n");
}

TEST(Tools, GetHostNamesTheRetcode)
{
    fake_agent overloaded(refusing_agent(lars::RET_OVERLOAD));
    fake_agent ignorant(refusing_agent(lars::RET_NOEXIST));
    ASSERT_TRUE(overloaded.start() && ignorant.start());
    run_result result = run_tool("lars_get_host", {"1", "1"}, overloaded.base_port());
    EXPECT_EQ(result.output, "RET_OVERLOAD\n");
    EXPECT_EQ(result.exit_status, 1);
    result = run_tool("lars_get_host", {"1", "1"}, ignorant.base_port());
    EXPECT_EQ(result.output, "RET_NOEXIST\n");
    EXPECT_EQ(result.exit_status, 1);
    result = run_tool("lars_get_host", {"1", "1"}, free_port(3));
    EXPECT_NE(result.output.find("RET_SYSTEM_ERROR\n"), std::string::npos);
    EXPECT_NE(result.output.find("no agent at 127.0.0.1:"), std::string::npos);
    EXPECT_EQ(result.exit_status, 1);
}

TEST(Tools, GetRoutePrintsAHostALine)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool("lars_get_route", {"1", "1"}, agent.base_port());
    EXPECT_EQ(result.output, "192.168.1.177:7777\n192.168.1.177:7778\n192.168.1.177:7779\n");
    EXPECT_EQ(result.exit_status, 0);

    fake_agent ignorant(refusing_agent(lars::RET_NOEXIST));
    ASSERT_TRUE(ignorant.start());
    EXPECT_EQ(run_tool("lars_get_route", {"1", "1"}, ignorant.base_port()).exit_status, 1);
}

TEST(Tools, ReportSendsWhatItWasTold)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool(
        "lars_report", {"1", "1", "192.168.1.177", "7777", "1", "5"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    ASSERT_TRUE(wait_until([&] { return !agent.requests().empty(); }));
    EXPECT_EQ(to_hex(agent.requests()[0].body), "080110011a0e08b183a085fcffffffff0110e13c20012805");
}

TEST(Tools, SimulatorCountsCallsByHost)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    run_result result = run_tool("lars_simulator", {"1", "1", "0", "50"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("192.168.1.177:7777           50        50         0\n"
                                 "overload 0\nnoexist 0\nerror 0\n"), std::string::npos)
        << result.output;
    result = run_tool("lars_simulator", {"1", "1", "10", "50"}, agent.base_port());
    EXPECT_NE(result.output.find("192.168.1.177:7777           50         0        50\n"),
              std::string::npos) << result.output;
}

TEST(Tools, SimulatorCountsAnswersWithoutAHost)
{
    fake_agent agent(refusing_agent(lars::RET_OVERLOAD));
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool("lars_simulator", {"1", "1", "0", "20"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("overload 20\nnoexist 0\nerror 0\n"), std::string::npos)
        << result.output;
}

TEST(Tools, QpsCountsRefusalsApartFromSuccesses)
{
    fake_agent agent(refusing_agent(lars::RET_NOEXIST));
    ASSERT_TRUE(agent.start());
    run_result result = run_tool("lars_qps", {"2", "1"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("\n0 successes a second\n"), std::string::npos) << result.output;

    fake_agent good(good_agent());
    ASSERT_TRUE(good.start());
    result = run_tool("lars_qps", {"2", "1", "--report"}, good.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find("\ntotal "), std::string::npos) << result.output;
}
