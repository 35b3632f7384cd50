// run_lars up --foreground, as a container runs it.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "http_get.h"
#include "paths.h"
#include "private_system.h"
#include "process.h"
#include "temp_dir.h"
#include "text_match.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

class Foreground : public testing::Test {
protected:
    void TearDown() override { run_lars({"down"}); }

    run_result run_lars(const std::vector<std::string> &arguments)
    {
        return run(source_path("run_lars"), arguments, _system.options(), milliseconds(60000));
    }
    void start()
    {
        ASSERT_TRUE(_up.start(source_path("run_lars"), {"up", "--foreground"}, _system.options()));
        ASSERT_TRUE(_up.wait_for_output("lbagent: ready", milliseconds(60000))) << _up.output();
    }
    // Of the part of that name, as status tells it.
    pid_t pid_of(const std::string &part)
    {
        const std::string told = run_lars({"status"}).output;
        const auto found = first_match(told, part + " .*\\(process ([0-9]+)\\)");
        return found.empty() ? 0 : std::stoi(found[1]);
    }
    void expect_nothing_runs()
    {
        const run_result told = run_lars({"status"});
        EXPECT_EQ(told.exit_status, 1);
        EXPECT_EQ(told.output.find("runs since"), std::string::npos) << told.output;
    }

    private_system _system;
    process _up;
};

TEST_F(Foreground, HasAllPartsAndOneLogUntilItIsStopped)
{
    start();
    for (const char *line : {"INFO lars_dns: serving on", "INFO lars_reporter: serving on",
                             "INFO lars_lb_agent: serving on", "mariadbd: ready for connections"})
        EXPECT_TRUE(_up.wait_for_output(line)) << line;
    EXPECT_EQ(run_lars({"status"}).exit_status, 0);
    EXPECT_EQ(run_lars({"route", "add", "5", "1", "10.0.0.1:80"}).exit_status, 0);
    EXPECT_EQ(_up.terminate(milliseconds(60000)), 0);
    for (const char *line : {"INFO lars_dns: stopped", "database: stopped"})
        EXPECT_NE(_up.output().find(line), std::string::npos) << line;
    expect_nothing_runs();
}

TEST_F(Foreground, EveryPartTellsItsMetricsWhereItsConfigurationSays)
{
    start();
    for (const auto &[usual, metric] :
         {std::pair("9778", "\nlars_dns_database_up 1"),
          std::pair("9779", "\nlars_reporter_storing_threads_up 3"),
          std::pair("9888", "\nlars_agent_upstream_connected{upstream=\"dns\"} 1"),
          std::pair("9780", "\nlars_web_database_up 1")}) {
        const auto port = static_cast<uint16_t>(std::stoi(_system.port(usual)));
        std::string body;
        EXPECT_TRUE(wait_until([&] {
            const auto answer = http_get(port, "/metrics");
            body = answer ? answer->body : "";
            return body.find(metric) != std::string::npos;
        })) << usual
            << "\n"
            << body;
    }
}

TEST_F(Foreground, EndsWhenAPartEnds)
{
    start();
    const pid_t reporter = pid_of("reporter");
    ASSERT_GT(reporter, 0);
    ASSERT_EQ(kill(reporter, SIGKILL), 0);
    EXPECT_EQ(_up.wait_exit(milliseconds(60000)), 1);
    EXPECT_NE(_up.output().find("reporter has ended"), std::string::npos) << _up.output();
    expect_nothing_runs();
}

// Before there is anybody who watches.
TEST_F(Foreground, EndsWhenAPartEndsWhileTheLastOneStarts)
{
    const std::string bin = bin_path("lars_web");
    const std::string folder = bin.substr(0, bin.rfind('/'));
    const std::string other = _system.file("bin");
    std::filesystem::create_directory(other);
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        std::filesystem::create_symlink(entry.path(),
                                        other + "/" + entry.path().filename().string());
    std::filesystem::remove(other + "/lars_web");
    write_text(other + "/lars_web", "#!/bin/sh\n"
                                    "case \"$*\" in *--ready-fd*)\n"
                                    "    kill -KILL $(cut -d ' ' -f 1 " +
                                        _system.file("state/reporter.pid") +
                                        " | head -n 1) ;;\nesac\nexec " + bin + " \"$@\"\n");
    std::filesystem::permissions(other + "/lars_web", std::filesystem::perms::owner_all);
    process_options options = _system.options();
    options.environment.push_back("LARS_BIN=" + other);
    ASSERT_TRUE(_up.start(source_path("run_lars"), {"up", "--foreground"}, options));
    EXPECT_EQ(_up.wait_exit(milliseconds(60000)), 1);
    EXPECT_NE(_up.output().find("reporter has ended"), std::string::npos) << _up.output();
    expect_nothing_runs();
}

TEST_F(Foreground, WhatCannotStartLeavesNothingRunning)
{
    _system.write("lars_reporter.conf",
                  read_text(_system.file("lars_reporter.conf")) + "\n[no_such_section]\nkey = 1\n");
    const run_result up = run_lars({"up", "--foreground"});
    EXPECT_EQ(up.exit_status, 1);
    EXPECT_NE(up.output.find("no_such_section"), std::string::npos) << up.output;
    expect_nothing_runs();
}

TEST_F(Foreground, OtherArgumentsAreRefused)
{
    const run_result up = run_lars({"up", "--background"});
    EXPECT_EQ(up.exit_status, 2);
    EXPECT_NE(up.output.find("'--background'"), std::string::npos) << up.output;
}

}  // namespace
}  // namespace lars
