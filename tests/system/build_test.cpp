// The build itself: nothing is done twice, nothing is forgotten.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "paths.h"
#include "process.h"

namespace lars {
namespace {

using namespace lars::test;

namespace fs = std::filesystem;

// Where lars.pb.h is, which is made while building.
const std::string MESSAGES = "the generated messages";

run_result make(std::vector<std::string> words)
{
    words.insert(words.begin(),
                 {"MAKEFLAGS=", "make", "--no-print-directory", "-C", source_path("")});
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
    const run_result internal = make({"-n", "-W", "lars_reactor/src/tcp_conn.h"});
    EXPECT_NE(internal.output.find("lars_reactor/src/tcp_conn.cpp"), std::string::npos);
    EXPECT_EQ(internal.output.find("lars_dns/src/dns_server.cpp"), std::string::npos);
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

// Which folders a folder may include from, besides itself.
const std::map<std::string, std::vector<std::string>> MAY_INCLUDE = {
    {"lars_reactor/include", {}},
    {"lars_reactor/src", {"lars_reactor/include"}},
    {"base/proto", {}},
    {"base/local/include", {}},
    {"base/local/src", {"base/local/include"}},
    {"base/include", {"lars_reactor/include", MESSAGES}},
    {"base/src", {"base/include", "base/proto", "lars_reactor/include"}},
    {"base/db/include", {"base/include", "lars_reactor/include"}},
    {"base/db/src", {"base/db/include", "base/include", "lars_reactor/include"}},
    {"base/routes/include", {"base/db/include", "base/include", "lars_reactor/include"}},
    {"base/routes/src",
     {"base/routes/include", "base/db/include", "base/include", "lars_reactor/include"}},
    {"base/metrics/include", {"base/include", "lars_reactor/include"}},
    {"base/metrics/src", {"base/metrics/include", "base/include", "lars_reactor/include"}},
    {"lars_dns/include",
     {"base/metrics/include", "base/include", "base/db/include", "lars_reactor/include"}},
    {"lars_dns/src",
     {"lars_dns/include", "base/include", "base/metrics/include", "base/db/include",
      "lars_reactor/include"}},
    {"lars_dns/tools",
     {"base/routes/include", "base/include", "base/db/include", "lars_reactor/include"}},
    {"lars_reporter/include",
     {"base/metrics/include", "base/include", "base/db/include", "lars_reactor/include"}},
    {"lars_reporter/src",
     {"lars_reporter/include", "base/include", "base/metrics/include", "base/db/include",
      "lars_reactor/include"}},
    {"lars_web/include",
     {"base/metrics/include", "base/include", "base/db/include", "base/routes/include",
      "lars_reactor/include"}},
    {"lars_web/src",
     {"lars_web/include", "base/include", "base/metrics/include", "base/db/include",
      "base/routes/include", "lars_reactor/include"}},
    {"lars_loadbalance_agent/include",
     {"base/metrics/include", "base/include", "base/local/include", "base/proto",
      "lars_reactor/include"}},
    {"lars_loadbalance_agent/src",
     {"lars_loadbalance_agent/include", "base/include", "base/local/include",
      "base/metrics/include", "base/proto", "lars_reactor/include"}},
    {"lars_loadbalance_agent/tools",
     {"lars_loadbalance_agent/include", "base/include", "base/local/include",
      "lars_reactor/include"}},
    {"api/cpp/include", {}},
    {"api/cpp/src", {"api/cpp/include", "base/local/include", "base/proto", MESSAGES}},
    {"api/cpp/tools/common", {"api/cpp/include"}},
    {"api/cpp/tools", {"api/cpp/include", "api/cpp/tools/common"}},
    {"api/cpp/tools/explain",
     {"api/cpp/include", "api/cpp/tools/common", "api/cpp/src", "base/proto", MESSAGES}},
    {"api/cpp/demo", {"api/cpp/include", "api/cpp/tools/common"}},
};

// Where each of our headers is, by its name.
std::map<std::string, std::string> header_folders()
{
    std::map<std::string, std::string> folders = {{"lars.pb.h", MESSAGES}};
    for (const auto &[folder, others] : MAY_INCLUDE) {
        for (const auto &file : fs::directory_iterator(source_path(folder))) {
            const std::string name = file.path().filename();
            if (file.path().extension() != ".h")
                continue;
            EXPECT_TRUE(folders.emplace(name, folder).second) << name << " stands twice";
        }
    }
    return folders;
}

// The names between quotes after #include.
std::vector<std::string> included(const fs::path &file)
{
    std::vector<std::string> names;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.rfind("#include \"", 0) == 0)
            names.push_back(line.substr(10, line.rfind('"') - 10));
    }
    return names;
}

TEST(Build, DependenciesPointOneWay)
{
    const auto folders = header_folders();
    size_t checked = 0;
    for (const auto &[folder, others] : MAY_INCLUDE) {
        for (const auto &file : fs::directory_iterator(source_path(folder))) {
            if (file.path().extension() != ".h" && file.path().extension() != ".cpp")
                continue;
            for (const std::string &name : included(file.path())) {
                const auto at = folders.find(name);
                ASSERT_NE(at, folders.end()) << file.path() << " includes " << name;
                EXPECT_TRUE(at->second == folder ||
                            std::count(others.begin(), others.end(), at->second) == 1)
                    << file.path() << " includes " << name << " of " << at->second;
                ++checked;
            }
        }
    }
    EXPECT_GT(checked, 200u);
}

TEST(Build, EveryFolderWithSourcesIsChecked)
{
    for (const char *part : {"lars_reactor", "base", "lars_dns", "lars_reporter",
                             "lars_loadbalance_agent", "lars_web", "api/cpp"}) {
        for (const auto &file : fs::recursive_directory_iterator(source_path(part))) {
            if (file.path().extension() != ".cpp")
                continue;
            const std::string folder =
                fs::relative(file.path().parent_path(), source_path("")).string();
            EXPECT_EQ(MAY_INCLUDE.count(folder), 1u) << folder;
        }
    }
}

TEST(Build, TheAgentNeedsNoDatabase)
{
    const run_result needed = run("/usr/bin/ldd", {bin_path("lars_lb_agent")});
    EXPECT_EQ(needed.exit_status, 0) << needed.output;
    EXPECT_NE(needed.output.find("protobuf"), std::string::npos) << needed.output;
    EXPECT_EQ(needed.output.find("mysql"), std::string::npos) << needed.output;
    EXPECT_EQ(needed.output.find("mariadb"), std::string::npos) << needed.output;
}

}  // namespace
}  // namespace lars
