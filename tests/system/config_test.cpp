// What all services do alike: command line, configuration mistakes, taken
// ports.
#include <gtest/gtest.h>

#include <algorithm>

#include "database.h"
#include "paths.h"
#include "process.h"
#include "temp_dir.h"
#include "wire_peer.h"

namespace lars {
namespace {

using namespace lars::test;

struct program {
    const char *name;
    const char *config;  // in the source tree
    const char *port_section;
};

const program DNS{"lars_dns", "lars_dns/conf/lars_dns.conf", "reactor"};
const program REPORTER{"lars_reporter", "lars_reporter/conf/lars_reporter.conf", "reactor"};
const program AGENT{"lars_lb_agent", "lars_loadbalance_agent/conf/lars_lb_agent.conf", "agent"};
const program WEB{"lars_web", "lars_web/conf/lars_web.conf", "web"};

class Service : public testing::TestWithParam<program> {
protected:
    run_result start(const std::vector<std::string> &arguments)
    {
        return run(bin_path(GetParam().name), arguments);
    }

    // The shipped configuration with one line more at its end, which belongs to
    // the last section.
    run_result start_with(const std::string &text)
    {
        return start({"-c", _folder.write("x.conf", text)});
    }
    std::string shipped() { return read_text(source_path(GetParam().config)); }

    temp_dir _folder;
};

TEST_P(Service, HelpAndVersionAreToldAtOnce)
{
    const run_result help = start({"--help"});
    EXPECT_EQ(help.exit_status, 0);
    EXPECT_NE(help.output.find(std::string("usage: ") + GetParam().name), std::string::npos);
    EXPECT_NE(help.output.find(GetParam().config), std::string::npos)
        << "the default configuration";
    const run_result version = start({"--version"});
    EXPECT_EQ(version.exit_status, 0);
    EXPECT_EQ(version.output.find(std::string(GetParam().name) + " "), 0u);
}

TEST_P(Service, WrongArgumentsAreRefused)
{
    for (const std::vector<std::string> &words :
         std::vector<std::vector<std::string>>{{"--nothing"},
                                               {"-x"},
                                               {"-c"},
                                               {"extra"},
                                               {"--ready-fd", "x"},
                                               {"--ready-fd", "-1"},
                                               {"--ready-fd", "200"}}) {  // which is not open
        const run_result result = start(words);
        EXPECT_EQ(result.exit_status, 2) << words[0];
        EXPECT_NE(result.output.find("usage: "), std::string::npos) << words[0];
    }
}

TEST_P(Service, ShippedConfigurationIsRight)
{
    EXPECT_EQ(start({"-t"}).exit_status, 0);
    EXPECT_EQ(start({"-t", "-c", source_path(GetParam().config)}).exit_status, 0);
}

TEST_P(Service, Trap_R31_MistakesNameFileLineAndKey)
{
    const std::string whole = shipped();
    const auto lines = static_cast<int>(std::count(whole.begin(), whole.end(), '\n'));
    const std::string line = "x.conf:" + std::to_string(lines + 1) + ": ";
    const auto refused = [&](const std::string &text, const std::string &message) {
        const run_result result = start_with(text);
        EXPECT_EQ(result.exit_status, 2)
            << text.substr(whole.size() < text.size() ? whole.size() : 0);
        EXPECT_NE(result.output.find(message), std::string::npos) << result.output;
    };
    refused(whole + "no_such_key = 1\n", line + "[");
    refused(whole + "no_such_key = 1\n", "no_such_key: there is no such key");
    refused(whole + "just words\n", line);
    refused(whole + "[broken\n", line);
    refused("port = 1\n" + whole, "x.conf:1: port stands before any [section]");

    const std::string section = GetParam().port_section;
    for (const std::string value :
         {"-1", "99999999999999999999", "abc", "70000", "", "80x", "80 # comment"}) {
        const run_result result = start_with("[" + section + "]\nport = " + value + "\n");
        EXPECT_EQ(result.exit_status, 2) << value;
        EXPECT_NE(result.output.find("x.conf:2: [" + section + "] port"), std::string::npos)
            << result.output;
    }
    refused("[" + section + "]\nport = 1\nport = 2\n",
            "x.conf:3: [" + section + "] port is given twice");
    refused("[" + section + "]\nip = 300.1.1.1\n", "x.conf:2: [" + section + "] ip");
}

TEST_P(Service, UnreadableConfigurationIsRefused)
{
    for (const std::string &path : {_folder.file("absent"), _folder.path()}) {
        const run_result result = start({"-c", path});
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_NE(result.output.find(path), std::string::npos) << result.output;
    }
}

TEST_P(Service, Trap_R29_TakenPortIsAnError)
{
    wire_peer taken;
    const bool udp = GetParam().port_section == std::string("agent");
    ASSERT_TRUE(udp ? taken.listen_udp() : taken.listen_tcp());
    const std::string mysql = udp ? "" : "[mysql]\ndb_user = lars\ndb_port = 1\n";
    const run_result result = start_with(mysql + "[" + GetParam().port_section +
                                         "]\nport = " + std::to_string(taken.port()) + "\n");
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("127.0.0.1:" + std::to_string(taken.port())), std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("Address already in use"), std::string::npos) << result.output;
}

INSTANTIATE_TEST_SUITE_P(All, Service, testing::Values(DNS, REPORTER, AGENT, WEB),
                         [](const auto &test) { return std::string(test.param.name); });

// Each in a file of its own: what is said of the list in its last line.
TEST_P(Service, AListOfServersIsCheckedEntryByEntry)
{
    const bool agent = GetParam().port_section == std::string("agent");
    const std::string head = agent ? "[dnsserver]\naddrs = " : "[mysql]\ndb_addrs = ";
    const std::string key =
        agent ? "x.conf:2: [dnsserver] addrs: " : "x.conf:2: [mysql] db_addrs: ";
    const std::pair<const char *, const char *> wrong[] = {
        {"a:1,", "entry 2 is empty"},
        {"a:1, b:2, A:1", "entry 3 is the same as entry 1"},
        {"a:1, b:0", "entry 2 has a port that is not a number from 1 to 65535"},
        {"a..b:1", "entry 1 begins with neither an IPv4 address nor a host's name"},
        {"127.1:1", "entry 1 begins with neither an IPv4 address nor a host's name"}};
    for (const auto &[list, message] : wrong) {
        const run_result result = start_with(head + list + "\n");
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_NE(result.output.find(key), std::string::npos) << result.output;
        EXPECT_NE(result.output.find(message), std::string::npos) << result.output;
    }
    const std::string user = agent ? "" : "db_user = u\n";
    EXPECT_EQ(
        start({"-t", "-c", _folder.write("x.conf", head + "a:1, 10.0.0.1:2\n" + user)}).exit_status,
        0);
}

TEST(Agent, Trap_A18_ListensOnLoopbackOnly)
{
    EXPECT_NE(read_text(source_path(AGENT.config)).find("\nip = 127.0.0.1\nport = 8888\n"),
              std::string::npos);
}

}  // namespace
}  // namespace lars
