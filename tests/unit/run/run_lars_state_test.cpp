// The folder that run_lars keeps its state in: who may read it, and what must not be there.
#include <unistd.h>

#include "run_lars_fixture.h"

namespace lars {
namespace {

using namespace lars::test;
namespace fs = std::filesystem;

class RunLarsState : public RunLars {
protected:
    RunLarsState() { fs::create_directories(_folder.file("run/log")); }

    // "db start" does nothing, and says this.
    void refused(const std::string &message)
    {
        const run_result result = lars({"db", "start"});
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_TRUE(contains(result.output, message)) << result.output;
        EXPECT_FALSE(fs::exists(_folder.file("run/db")));
    }
    unsigned mode(const std::string &name)
    {
        return static_cast<unsigned>(fs::status(_folder.file(name)).permissions()) & 07777;
    }
};

TEST_F(RunLarsState, ALinkThatSomebodyHasPutThereIsRefused)
{
    const std::string victim = _folder.write("victim", "precious\n");
    for (const char *name : {"run/lock", "run/db.pid", "run/log/db.log", "run/db"}) {
        fs::create_symlink(victim, _folder.file(name));
        const run_result result = lars({"db", "start"});
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_TRUE(contains(result.output, _folder.file(name) + " is a link")) << result.output;
        fs::remove(_folder.file(name));
    }
    fs::create_symlink(_folder.file("nowhere"), _folder.file("run/lock"));
    refused("run/lock is a link");
    EXPECT_FALSE(fs::exists(_folder.file("nowhere")));
    fs::remove(_folder.file("run/lock"));
    fs::create_hard_link(victim, _folder.file("run/lock"));
    refused("run/lock is a link");
    EXPECT_EQ(read_text(victim), "precious\n");
}

TEST_F(RunLarsState, AFolderOfSomebodyElsesIsRefused)
{
    fs::permissions(_folder.file("run"), fs::perms::all);
    refused("everybody may write to " + _folder.file("run"));
    fs::permissions(_folder.file("run"), fs::perms::owner_all);

    // Root can give it away; for others the whole system's is somebody else's.
    if (geteuid() == 0) {
        ASSERT_EQ(chown(_folder.file("run").c_str(), 54321, 54321), 0);
        refused("belongs to another user");
    } else {
        fs::remove_all(_folder.file("run"));
        fs::create_symlink("/", _folder.file("run"));
        refused("belongs to another user");
        fs::remove(_folder.file("run"));
    }
}

TEST_F(RunLarsState, WhatAnOlderRunLarsHasLeftIsMadePrivateAndUsed)
{
    fs::permissions(_folder.file("run"), static_cast<fs::perms>(0775));
    fs::permissions(_folder.file("run/log"), static_cast<fs::perms>(0775));
    _folder.write("run/log/db.log", "old\n");
    fs::permissions(_folder.file("run/log/db.log"), static_cast<fs::perms>(0664));
    const run_result started = lars({"db", "start"});
    ASSERT_EQ(started.exit_status, 0) << started.output;
    EXPECT_EQ(mode("run") & 022, 0u);
    EXPECT_EQ(mode("run/log") & 022, 0u);
    for (const char *name : {"run/log/db.log", "run/lock", "run/db.pid"})
        EXPECT_EQ(mode(name), 0640u) << name;
}

TEST_F(RunLarsState, OthersMayReadNeitherLogsNorRecords)
{
    fs::remove_all(_folder.file("run"));
    ASSERT_EQ(lars({"up"}).exit_status, 0);
    EXPECT_EQ(mode("run"), 0750u);
    EXPECT_EQ(mode("run/log"), 0750u);
    EXPECT_EQ(mode("run/db"), 0750u);
    for (const char *name : {"run/log/db.log", "run/log/lars_dns.log", "run/lock", "run/dns.pid"})
        EXPECT_EQ(mode(name), 0640u) << name;
}

TEST_F(RunLarsState, APathMayHoldSpacesAndWhatShellsAndAwkTakeForTheirs)
{
    const std::string folder = _folder.file("my own & $HOME's \\ {folder}");
    fs::create_directories(folder);
    fs::rename(_folder.file("conf"), folder + "/conf");
    process_options odd = options();
    odd.environment.push_back("LARS_RUN=" + folder + "/run");
    odd.environment.push_back("LARS_CONF_DIR=" + folder + "/conf");
    for (const words &command : std::vector<words>{{"up"}, {"status"}, {"down"}}) {
        const run_result done = run(source_path("run_lars"), command, odd, milliseconds(60000));
        EXPECT_EQ(done.exit_status, 0) << done.output;
    }
    EXPECT_TRUE(fs::exists(folder + "/run/db/data"));
}

// Below a long path the socket is in a folder of its own in /tmp, which may be gone.
TEST_F(RunLarsState, WhoTakesTheNameOfTheSocketsFolderGetsNeitherSocketNorRemoval)
{
    const std::string folder = _folder.file("run") + std::string(100, 'x');
    fs::create_directories(folder + "/db");
    fs::create_directories(_folder.file("victim"));
    _folder.write("victim/file", "precious");
    fs::create_symlink(_folder.file("victim"), _folder.file("link"));
    write_text(folder + "/db/socket_path", _folder.file("link") + "/socket\n");
    process_options deep = options();
    deep.environment.push_back("LARS_RUN=" + folder);
    for (const char *command : {"start", "stop"}) {
        const run_result done =
            run(source_path("run_lars"), {"db", command}, deep, milliseconds(60000));
        EXPECT_EQ(done.exit_status, 0) << done.output;
        EXPECT_FALSE(fs::exists(_folder.file("victim/socket")));
        EXPECT_TRUE(fs::exists(_folder.file("victim/file")));
    }
}

TEST_F(RunLarsState, AConfigurationThatIsNotThereOrWrongIsToldBeforeAnythingStarts)
{
    const auto up_fails = [this](const std::string &message) {
        const run_result up = lars({"up"});
        EXPECT_EQ(up.exit_status, 1) << up.output;
        EXPECT_TRUE(contains(up.output, message)) << up.output;
        EXPECT_FALSE(fs::exists(_folder.file("run/db"))) << up.output;
    };
    service("lars_reporter", "exit 0");
    program("lars_reporter", "echo 'x.conf:7: wrong'; exit 2");
    up_fails("reporter: x.conf:7: wrong");
    fs::remove(_folder.file("conf/lars_lb_agent.conf"));
    service("lars_reporter", "exit 0");
    up_fails("conf/lars_lb_agent.conf cannot be read");
    fs::remove(_folder.file("conf/lars_dns.conf"));
    up_fails("conf/lars_dns.conf cannot be read");
    refused("conf/lars_dns.conf cannot be read");
    fs::remove_all(_folder.file("conf"));
    up_fails("there is no folder " + _folder.file("conf"));
    refused("there is no folder " + _folder.file("conf"));
    service("lars_get_host", "echo asked");
    EXPECT_EQ(lars({"test", "gethost", "1", "1"}).output,
              "run_lars: LARS_CONF_DIR: there is no folder " + _folder.file("conf") + "\n");
    EXPECT_EQ(lars({"down"}).exit_status, 0) << "which must be possible all the same";
}

}  // namespace
}  // namespace lars
