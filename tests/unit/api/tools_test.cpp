// The tools, as a user runs them.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <sstream>

#include "clients.h"
#include "free_port.h"
#include "paths.h"
#include "process.h"
#include "wait_until.h"
#include "wire_peer.h"

using namespace lars::test;

using arguments = std::vector<std::string>;

static run_result run_tool(const std::string &tool, const arguments &args, int agent_port)
{
    return run(bin_path(tool), args, with_agent(agent_port));
}

namespace {

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
        misuse{"lars_explain", {"1"}}, misuse{"lars_explain", {"1", "1", "--watsh"}},
        misuse{"lars_explain", {"1", "1", "--watch", "2"}}, misuse{"lars_explain", {"1", "x"}},
        misuse{"lars_example", {"1"}}, misuse{"lars_simulator", {"1", "1", "11"}},
        misuse{"lars_simulator", {"1", "1", "-1"}}, misuse{"lars_simulator", {"1", "1", "0", "0"}},
        misuse{"lars_simulator", {"1", "1", "--pause"}},
        misuse{"lars_simulator", {"1", "1", "--pause", "-1"}},
        misuse{"lars_simulator", {"1", "1", "-x"}}, misuse{"lars_qps", {}},
        misuse{"lars_qps", {"0"}}, misuse{"lars_qps", {"1", "0"}},
        misuse{"lars_qps", {"1", "1", "--modid", "x"}},
        misuse{"lars_demo_backend", {"127.0.0.1", "0"}},
        misuse{"lars_demo_backend", {"127.0.0.1", "65536", "name"}},
        misuse{"lars_demo_backend", {"here", "0", "name"}}, misuse{"lars_demo_caller", {"1"}},
        misuse{"lars_demo_caller", {"1", "1", "--rate", "0"}},
        misuse{"lars_demo_caller", {"1", "1", "--threads", "many"}}));

TEST(Tools, HelpAndVersionAreNoMistake)
{
    for (const char *tool :
         {"lars_get_host", "lars_get_route", "lars_report", "lars_example", "lars_simulator",
          "lars_qps", "lars_explain", "lars_demo_backend", "lars_demo_caller"}) {
        run_result result = run(bin_path(tool), {"--help"});
        EXPECT_EQ(result.exit_status, 0) << tool;
        EXPECT_EQ(result.output.find(std::string("usage: ") + tool), 0u) << result.output;
        result = run(bin_path(tool), {"--version"});
        EXPECT_EQ(result.exit_status, 0) << tool;
        EXPECT_EQ(result.output.find(std::string(tool) + " 1."), 0u) << result.output;
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
    const arguments args{"--port", std::to_string(agent.base_port()), "1", "1",
                         "--agent=127.0.0.1"};
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

TEST(Tools, FreshAgentIsAskedUntilItHasTheRoute)
{
    const auto on_fresh_agent = [](const std::string &tool, const arguments &args) {
        fake_agent agent(fresh_agent());
        EXPECT_TRUE(agent.start());
        const run_result result = run_tool(tool, args, agent.base_port());
        EXPECT_EQ(result.exit_status, 0) << tool;
        return result.output;
    };
    EXPECT_EQ(on_fresh_agent("lars_get_host", {"1", "1"}), "host is 192.168.1.177:7777\n");
    EXPECT_EQ(on_fresh_agent("lars_get_route", {"1", "1"}),
              "192.168.1.177:7777\n192.168.1.177:7778\n192.168.1.177:7779\n");
    EXPECT_EQ(on_fresh_agent("lars_report", {"1", "1", "192.168.1.177", "7778", "0"}),
              "reported 192.168.1.177:7778 of (1,1): success, 0 ms\n");
}

TEST(Tools, ReportSendsWhatItWasTold)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result =
        run_tool("lars_report", {"1", "1", "192.168.1.177", "7777", "1", "5"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(result.output, "reported 192.168.1.177:7777 of (1,1): failure, 5 ms\n");
    ASSERT_TRUE(wait_until([&] { return !agent.reports().empty(); }));
    EXPECT_EQ(to_hex(agent.requests(lars::ID_ReportRequest)[0].body),
              "080110011a0e08b183a085fcffffffff0110e13c20012805");
}

TEST(Tools, ReportOfAnUnknownModuleOrHostIsTold)
{
    fake_agent ignorant(refusing_agent(lars::RET_NOEXIST)), good(good_agent());
    ASSERT_TRUE(ignorant.start() && good.start());
    run_result result =
        run_tool("lars_report", {"7", "8", "192.168.1.177", "7777", "0"}, ignorant.base_port());
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output, "nothing reported: the agent has no route of (7,8)\nRET_NOEXIST\n");
    EXPECT_TRUE(ignorant.reports().empty());

    result = run_tool("lars_report", {"1", "1", "192.168.1.177", "80", "0"}, good.base_port());
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output.find("reported in vain: 192.168.1.177:80 is none of the 3 hosts"), 0u)
        << result.output;

    result = run_tool("lars_report", {"1", "1", "192.168.1.177", "7777", "0"}, free_port(3));
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("no agent at 127.0.0.1:"), std::string::npos) << result.output;
}

TEST(Tools, SimulatorCountsCallsByHost)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    run_result result = run_tool("lars_simulator", {"1", "1", "0", "50"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("192.168.1.177:7777           50        50         0\n"
                                 "overload 0\nnoexist 0\nerror 0\n"),
              std::string::npos)
        << result.output;
    result = run_tool("lars_simulator", {"1", "1", "10", "50"}, agent.base_port());
    EXPECT_NE(result.output.find("192.168.1.177:7777           50         0        50\n"),
              std::string::npos)
        << result.output;
}

TEST(Tools, SimulatorHasTheCoursesDefaults)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool("lars_simulator", {"1", "1"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(agent.requests(lars::ID_GetHostRequest).size(), 100u);
    ASSERT_TRUE(wait_until([&] { return agent.reports().size() == 100; }));
    // None of a hundred fails with two in ten once in 5 * 10^9 runs; half of them, less often.
    int failed = 0;
    for (const lars::ReportRequest &report : agent.reports())
        failed += report.retcode() != 0;
    EXPECT_GT(failed, 0);
    EXPECT_LT(failed, 50);
}

TEST(Tools, SimulatorPrintsEachCallWhenAskedTo)
{
    fake_agent agent(good_agent()), overloaded(refusing_agent(lars::RET_OVERLOAD));
    ASSERT_TRUE(agent.start() && overloaded.start());
    run_result result = run_tool("lars_simulator", {"1", "1", "0", "2", "-v"}, agent.base_port());
    EXPECT_EQ(result.output.find("1: 192.168.1.177:7777 ok\n2: 192.168.1.177:7777 ok\nhost "), 0u)
        << result.output;
    result = run_tool("lars_simulator", {"-v", "1", "1", "10", "1"}, agent.base_port());
    EXPECT_EQ(result.output.find("1: 192.168.1.177:7777 failed\nhost "), 0u) << result.output;
    result = run_tool("lars_simulator", {"1", "1", "0", "1", "-v"}, overloaded.base_port());
    EXPECT_EQ(result.output.find("1: RET_OVERLOAD\nhost "), 0u) << result.output;
    result = run_tool("lars_simulator", {"1", "1", "0", "1"}, agent.base_port());
    EXPECT_EQ(result.output.find("host "), 0u) << result.output;
}

TEST(Tools, SimulatorPausesBetweenCallsWhenAskedTo)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const auto start = std::chrono::steady_clock::now();
    run_tool("lars_simulator", {"1", "1", "0", "3", "--pause", "100"}, agent.base_port());
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
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

// A table's line with this label: "ok overload noexist error".
static std::vector<long> numbers_of(const std::string &label, const std::string &output)
{
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        std::vector<long> numbers;
        words >> first;
        for (long number; words >> number;)
            numbers.push_back(number);
        if (first == label)
            return numbers;
    }
    return {};
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
    result = run_tool("lars_qps", {"2", "1"}, good.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find("\ntotal "), std::string::npos) << result.output;
}

TEST(Tools, QpsSpreadsItsThreadsOverModulesAndReports)
{
    // It knows the first module only.
    fake_agent agent([](const fake_agent::request &asked, const fake_agent::reply &answer) {
        lars::GetHostRequest request;  // a GetRouteRequest begins likewise, without seq
        if (asked.msgid == lars::ID_GetHostRequest && request.ParseFromString(asked.body) &&
            request.modid() != 1)
            refusing_agent(lars::RET_NOEXIST)(asked, answer);
        else
            good_agent()(asked, answer);
    });
    ASSERT_TRUE(agent.start());
    const run_result result = run_tool("lars_qps", {"3", "1"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;

    std::set<std::string> modules;
    std::set<int> ports;
    for (const fake_agent::request &asked : agent.requests(lars::ID_GetHostRequest)) {
        lars::GetHostRequest request;
        ASSERT_TRUE(request.ParseFromString(asked.body));
        modules.insert(std::to_string(request.modid()) + "," + std::to_string(request.cmdid()));
        ports.insert(asked.port_index);
    }
    EXPECT_EQ(modules, (std::set<std::string>{"1,1", "2,1", "3,1"}));
    EXPECT_EQ(ports, (std::set<int>{0, 1, 2})) << "each server of the agent has work";

    const auto first = numbers_of("(1,1)", result.output);
    const auto second = numbers_of("(2,1)", result.output);
    const auto total = numbers_of("total", result.output);
    ASSERT_TRUE(first.size() == 4 && second.size() == 4 && total.size() == 4) << result.output;
    EXPECT_GT(first[0], 0);
    EXPECT_EQ(first[2], 0);
    EXPECT_EQ(second[0], 0);
    EXPECT_GT(second[2], 0);
    EXPECT_EQ(total[0], first[0]);
    ASSERT_FALSE(agent.reports().empty());
    for (const lars::ReportRequest &report : agent.reports())
        EXPECT_EQ(report.modid() * 10 + report.retcode(), 10);
}

TEST(Tools, QpsAsksForOneModuleAndReportsNothingWhenToldTo)
{
    fake_agent agent(good_agent());
    ASSERT_TRUE(agent.start());
    const run_result result =
        run_tool("lars_qps", {"2", "1", "--modid", "5", "--no-report"}, agent.base_port());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(result.output.find("("), std::string::npos) << result.output;
    for (const fake_agent::request &asked : agent.requests(lars::ID_GetHostRequest)) {
        lars::GetHostRequest request;
        ASSERT_TRUE(request.ParseFromString(asked.body));
        ASSERT_EQ(request.modid() * 10 + request.cmdid(), 51);
    }
    EXPECT_TRUE(agent.reports().empty());
}
