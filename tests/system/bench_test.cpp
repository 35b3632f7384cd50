// make bench measures everything it lists. The figures themselves are not judged here.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>

#include "paths.h"
#include "process.h"

namespace lars {
namespace {

using namespace lars::test;

TEST(Bench, EveryPartIsMeasuredAgainstItsFloor)
{
    const run_result result = run(bin_path("lars_bench"), {"1", "0.05"}, {}, milliseconds(120000));
    ASSERT_EQ(result.exit_status, 0) << result.output;
    const std::regex figures(" ([0-9.]+) +([0-9.]+) +([0-9.]+)$");
    std::istringstream lines(result.output);
    std::string line;
    std::getline(lines, line);
    int measured = 0;
    while (std::getline(lines, line)) {
        std::smatch match;
        ASSERT_TRUE(std::regex_search(line, match, figures)) << line;
        EXPECT_GT(std::atof(match[1].str().c_str()), 0) << line;
        EXPECT_GT(std::atof(match[2].str().c_str()), 0) << line;
        ++measured;
    }
    for (const char *what : {"tcp echo, ", "dns lookup, ", "agent get_host + report, ",
                             "reporter, rows stored", "commit to push, median"})
        EXPECT_NE(result.output.find(what), std::string::npos) << what << "\n" << result.output;
    EXPECT_EQ(measured, 15) << result.output;
}

TEST(Bench, WrongArgumentsAreRefused)
{
    for (const std::vector<std::string> &arguments :
         std::vector<std::vector<std::string>>{{"0"}, {"x"}, {"1", "0"}, {"1", "1", "1"}}) {
        const run_result result = run(bin_path("lars_bench"), arguments);
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_NE(result.output.find("usage: lars_bench"), std::string::npos) << result.output;
    }
}

}  // namespace
}  // namespace lars
