// The build itself: nothing is done twice, nothing is forgotten.
#include <gtest/gtest.h>

#include "paths.h"
#include "process.h"

namespace lars {
namespace {

using namespace lars::test;

run_result make(std::vector<std::string> words)
{
    words.insert(words.begin(), {"MAKEFLAGS=", "make", "--no-print-directory", "-C", source_path("")});
    const char *san = std::getenv("SAN");
    words.push_back(std::string("SAN=") + (san ? san : ""));
    return run("/usr/bin/env", words);
}

TEST(Build, SecondRunDoesNothing)
{
    const run_result result = make({"-q"});
    EXPECT_EQ(result.exit_status, 0) << make({"-n"}).output;
}

TEST(Build, ChangedHeaderRebuildsWhatIncludesIt)
{
    const run_result reactor = make({"-n", "-W", "lars_reactor/include/net_connection.h"});
    EXPECT_NE(reactor.output.find("lars_reactor/src/tcp_conn.cpp"), std::string::npos);
    EXPECT_NE(reactor.output.find("lars_dns/src/dns_server.cpp"), std::string::npos);
    EXPECT_EQ(reactor.output.find("api/cpp/src/lars_client.cpp"), std::string::npos);
    const run_result proto = make({"-n", "-W", "base/proto/lars.proto"});
    EXPECT_NE(proto.output.find("protoc"), std::string::npos);
    EXPECT_NE(proto.output.find("lars_loadbalance_agent/src/host_server.cpp"), std::string::npos);
}

TEST(Build, CheckRunsEveryUnitTestPlainAndNothingElse)
{
    std::string programs = make({"-s", "print-tests"}).output;
    programs.erase(programs.find(" system_"));
    const run_result check = make({"-n", "check"});
    EXPECT_NE(check.output.find("tests/run_tests plain -- " + programs + "\n"), std::string::npos)
        << check.output;
    EXPECT_NE(programs.find("unit_reactor"), std::string::npos) << programs;
}

TEST(Build, ReactorNeedsNothingAndTheClientLibraryOnlyProtobuf)
{
    const auto includes = [](const std::string &folder, const std::string &pattern) {
        return run("/bin/grep", {"-rnE", pattern, source_path(folder)});
    };
    EXPECT_EQ(includes("lars_reactor", "#include \"(service|db_|lars\\.pb|murmur|route_file)").exit_status, 1);
    EXPECT_EQ(includes("api/cpp", "#include \"(event_loop|tcp_(server|client|conn)|udp_(server|client)|service|db_|config_file)").exit_status, 1);
}

}  // namespace
}  // namespace lars
