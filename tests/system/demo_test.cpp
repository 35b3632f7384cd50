// run_lars demo: that it succeeds, and that it does not where the system fails.
#include <gtest/gtest.h>

#include <filesystem>

#include "paths.h"
#include "process.h"
#include "temp_dir.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

class Demo : public testing::Test {
protected:
    run_result demo(const std::string &bin)
    {
        process_options options;
        options.environment = {"LARS_RUN=" + _folder.file("state"), "LARS_BIN=" + bin};
        return run(source_path("run_lars"), {"demo"}, options, milliseconds(300000));
    }
    static std::string bin()
    {
        const std::string program = bin_path("lars_dns");
        return program.substr(0, program.rfind('/'));
    }

    temp_dir _folder;
};

TEST_F(Demo, CallsMoveAwayFromADeadBackendAndReturn)
{
    const run_result result = demo(bin());
    EXPECT_EQ(result.exit_status, 0) << result.output;
    for (const char *text : {"calls have moved away", "it gets its share of calls again",
                             "ServerCallStatus", "demo: everything happened as it should"})
        EXPECT_NE(result.output.find(text), std::string::npos) << text << "\n" << result.output;
}

TEST_F(Demo, FailsWhereTheAgentNeverSetsAHostAside)
{
    // The same programs, but for an agent that forgives everything.
    const std::string other = _folder.file("bin");
    std::filesystem::create_directory(other);
    for (const auto &entry : std::filesystem::directory_iterator(bin()))
        std::filesystem::create_symlink(entry.path(),
                                        other + "/" + entry.path().filename().string());
    std::filesystem::remove(other + "/lars_lb_agent");
    write_text(other + "/lars_lb_agent",
               "#!/bin/sh\n"
               "sed -i 's/^evidence_limit.*/evidence_limit = 1000000/' \"$2\"\n"
               "exec " +
                   bin_path("lars_lb_agent") + " \"$@\"\n");
    std::filesystem::permissions(other + "/lars_lb_agent", std::filesystem::perms::owner_all);
    const run_result result = demo(other);
    EXPECT_NE(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find("FAILED: the agent holds"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("database: stopped"), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("everything happened as it should"), std::string::npos);
}

}  // namespace
}  // namespace lars
