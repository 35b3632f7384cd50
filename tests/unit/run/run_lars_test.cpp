// The script run_lars, with services that are scripts too.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "run_lars_fixture.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

// A process as run_lars records one: its id, and when it started.
std::string id_and_start(pid_t pid)
{
    std::istringstream fields(read_text("/proc/" + std::to_string(pid) + "/stat"));
    std::string field;
    for (int i = 0; i < 22; ++i)
        fields >> field;
    return std::to_string(pid) + " " + field;
}

TEST_F(RunLars, WrongCommandsGetTheUsageAndStatusTwo)
{
    for (const words &wrong : std::vector<words>{{},
                                                 {"start"},
                                                 {""},
                                                 {"up", "now"},
                                                 {"down", "x"},
                                                 {"status", "x"},
                                                 {"deps", "--force"},
                                                 {"deps", ""},
                                                 {"db", "restart"},
                                                 {"db", "start", "x"},
                                                 {"test"},
                                                 {"test", "all"}}) {
        const run_result result = lars(wrong);
        EXPECT_EQ(result.exit_status, 2) << testing::PrintToString(wrong);
        EXPECT_TRUE(contains(result.output, "usage: run_lars")) << result.output;
    }
    EXPECT_EQ(lars({"help"}).exit_status, 0);
}

TEST_F(RunLars, EveryCommandHasHelpAndDoesNothingThen)
{
    for (const words &asked : std::vector<words>{{"--help"},
                                                 {"-h"},
                                                 {"up", "--help"},
                                                 {"down", "-h"},
                                                 {"status", "--help"},
                                                 {"demo", "--help"},
                                                 {"deps", "--help"},
                                                 {"db", "--help"},
                                                 {"db", "start", "--help"},
                                                 {"test", "--help"},
                                                 {"help", "--help"}}) {
        const run_result result = lars(asked);
        EXPECT_EQ(result.exit_status, 0) << testing::PrintToString(asked);
        EXPECT_EQ(result.output.find("usage: run_lars COMMAND\n"), 0u) << result.output;
    }
    EXPECT_FALSE(std::filesystem::exists(_folder.file("run")));
    service("lars_route", "printf '<%s>' \"$@\"");
    EXPECT_TRUE(contains(lars({"route", "--help"}).output, "<--help>"));
    for (const char *asked : {"version", "--version"})
        EXPECT_EQ(lars({asked}).output.find("run_lars 1."), 0u);
}

TEST_F(RunLars, RouteHandsOnArgumentsAndExitStatus)
{
    service("lars_route", "printf '<%s>' \"$@\"; exit 2");
    const run_result result = lars({"route", "add", "-1", "two words"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_EQ(result.output,
              "<-c><" + _folder.file("conf/lars_dns.conf") + "><add><-1><two words>");
}

TEST_F(RunLars, RouteExportAndImportTakeTheFileFromWhereTheCallerIs)
{
    service("lars_route", "shift 2; printf '<%s>' \"$PWD\" \"$@\"");
    const auto from_the_folder = [this](const std::string &arguments) {
        return run("/bin/bash",
                   {"-c", "cd \"$0\" && exec \"$1\" route " + arguments, _folder.file("conf"),
                    source_path("run_lars")},
                   options())
            .output;
    };
    const std::string file = _folder.file("conf/my routes.csv");
    std::string root = source_path("");
    root.resize(root.find_last_not_of('/') + 1);
    EXPECT_EQ(from_the_folder("export 'my routes.csv'"), "<" + root + "><export><" + file + ">");
    EXPECT_EQ(from_the_folder("import --note 'why so' --format csv 'my routes.csv' --yes"),
              "<" + root + "><import><--note><why so><--format><csv><" + file + "><--yes>");
    EXPECT_EQ(from_the_folder("import - --note --note"),
              "<" + root + "><import><-><--note><--note>");
    EXPECT_EQ(from_the_folder("import /a.csv"), "<" + root + "><import></a.csv>");
    EXPECT_EQ(from_the_folder("export"), "<" + root + "><export>");
    EXPECT_EQ(from_the_folder("list export"), "<" + root + "><list><export>");
}

TEST_F(RunLars, ExplainAsksTheAgentOfTheConfiguration)
{
    service("lars_explain", "printf '%s' \"$LARS_AGENT\"; printf '<%s>' \"$@\"; exit 1");
    std::filesystem::remove(_folder.file("conf/lars_lb_agent.conf"));
    EXPECT_EQ(lars({"explain", "5", "1"}).output, "127.0.0.1:8888<5><1>");
    _folder.write("conf/lars_lb_agent.conf", "[dnsserver]\nport = 1\n[agent]\nport = 9000\n");
    const run_result result = lars({"explain", "-5", "1", "--watch"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output, "127.0.0.1:9000<-5><1><--watch>");
    _folder.write("conf/lars_lb_agent.conf", "[agent]\nip = 127.0.0.2\nport = 9000\n");
    EXPECT_EQ(lars({"explain"}).output, "127.0.0.2:9000<>");
    _folder.write("conf/lars_lb_agent.conf", "[agent]\nip = 0.0.0.0\n");
    EXPECT_EQ(lars({"explain"}).output, "127.0.0.1:8888<>");
    // A byte-order mark.
    _folder.write("conf/lars_lb_agent.conf", "\xef\xbb\xbf[agent]\nport = 9000\n");
    EXPECT_EQ(lars({"explain"}).output, "127.0.0.1:9000<>");
}

TEST_F(RunLars, TestRunsTheTool)
{
    service("lars_get_host", "printf '%s' \"$LARS_AGENT\"; printf '<%s>' \"$@\"");
    EXPECT_EQ(lars({"test", "gethost", "1"}).output, "127.0.0.1:8888<1>");
    _folder.write("conf/lars_lb_agent.conf", "[agent]\nip = 127.0.0.2\nport = 9000\n");
    EXPECT_EQ(lars({"test", "gethost", "1"}).output, "127.0.0.2:9000<1>");
    const run_result absent = lars({"test", "qps"});
    EXPECT_EQ(absent.exit_status, 1);
    EXPECT_TRUE(contains(absent.output, "run make first")) << absent.output;
}

TEST_F(RunLars, UpStatusDownAndAllOfThemTwice)
{
    EXPECT_EQ(lars({"status"}).exit_status, 1);
    for (const char *expected : {": ready, 127.0.0.1:1\n", ": runs already, 127.0.0.1:1\n"}) {
        const run_result up = lars({"up"});
        EXPECT_EQ(up.exit_status, 0) << up.output;
        for (const char *name : {"dns", "reporter", "lbagent"})
            EXPECT_TRUE(contains(up.output, std::string(name) + expected)) << up.output;
    }
    const run_result status = lars({"status"});
    EXPECT_EQ(status.exit_status, 0) << status.output;
    EXPECT_TRUE(contains(status.output, "127.0.0.1:" + std::to_string(_port))) << status.output;

    for (const char *expected : {"stopped", "not running"}) {
        const run_result down = lars({"down"});
        EXPECT_EQ(down.exit_status, 0) << down.output;
        EXPECT_EQ(down.output, "lbagent: " + std::string(expected) + "\nreporter: " + expected +
                                   "\ndns: " + expected + "\ndatabase: " + expected + "\n");
    }
    EXPECT_EQ(lars({"status"}).exit_status, 1);
}

TEST_F(RunLars, AServiceThatEndsBeforeItServesIsShownWithItsLog)
{
    service("lars_reporter", "echo 'no such thing' >&2; exit 1");
    const run_result up = lars({"up"});
    EXPECT_EQ(up.exit_status, 1);
    EXPECT_TRUE(contains(up.output, "    no such thing")) << up.output;
    EXPECT_TRUE(contains(up.output, "reporter did not start")) << up.output;
    EXPECT_TRUE(contains(lars({"down"}).output, "dns: stopped\n"));
}

TEST_F(RunLars, WhatAnInterruptedUpHasLeftIsReadyAfterTheNext)
{
    interrupt({"db", "start"}, {"run/db.pid"});
    const run_result db = lars({"db", "start"});
    EXPECT_EQ(db.exit_status, 0) << db.output;

    const std::string gate = _folder.file("gate");
    service("lars_dns", "echo yes >" + _folder.file("started") + "; until [ -e " + gate +
                            " ]; do read -r -t 0.1 < <(sleep 0.1); done\n"
                            "echo 'ready 127.0.0.1:1' >&\"$4\"; exec 3>&-; trap 'exit 0' TERM\n"
                            "while true; do read -r -t 1 < <(sleep 1); done");
    EXPECT_EQ(interrupt({"up"}, {"run/dns.pid", "started"}), 130);
    _folder.write("gate", "");
    const run_result up = lars({"up"});
    EXPECT_EQ(up.exit_status, 0) << up.output;
    EXPECT_TRUE(contains(up.output, "dns: ready, 127.0.0.1:1\n")) << up.output;
    EXPECT_FALSE(contains(lars({"status"}).output, "starting"));
}

TEST_F(RunLars, ADatabaseThatIsStillStartingIsStopped)
{
    for (int i = 0; i < 2; ++i) {
        interrupt({"db", "start"}, {"run/db.pid"});
        const run_result stop = lars({"db", "stop"});
        EXPECT_EQ(stop.exit_status, 0) << stop.output;
        EXPECT_EQ(stop.output, "database: stopped\n");
    }
}

TEST_F(RunLars, AStaleRecordIsNotTakenForARunningService)
{
    std::filesystem::create_directories(_folder.file("run"));
    // A process that runs, but is another one.
    process other;
    ASSERT_TRUE(other.start("sleep", {"60"}));
    ASSERT_TRUE(wait_until([&other] {
        return read_text("/proc/" + std::to_string(other.pid()) + "/comm") == "sleep\n";
    }));
    _folder.write("run/dns.pid", std::to_string(other.pid()) + " 1 sleep\nthen\nthere\n");
    _folder.write("run/db.pid", id_and_start(other.pid()) + " mariadbd\nthen\nthere\n");
    _folder.write("run/reporter.pid", "");
    _folder.write("run/lbagent.pid", "99999999 5 lars_lb_agent\n");
    const run_result down = lars({"down"});
    EXPECT_EQ(down.exit_status, 0);
    EXPECT_TRUE(contains(down.output, "dns: not running")) << down.output;
    EXPECT_TRUE(contains(down.output, "lbagent: not running")) << down.output;
    EXPECT_TRUE(contains(down.output, "database: not running")) << down.output;
    EXPECT_TRUE(other.running());
}

TEST_F(RunLars, TheDatabaseHasTablesSampleRowsAndOnlyItsOwnUser)
{
    ASSERT_EQ(lars({"db"}).exit_status, 0);
    db_options options;
    options.port = _port;
    options.user = options.password = "lars";
    db_client client(options);
    const status s = client.connect();
    ASSERT_TRUE(s) << s.message();
    uint64_t affected = 0;
    EXPECT_TRUE(client.execute("DELETE FROM RouteData", &affected));
    EXPECT_EQ(affected, 4u);
    EXPECT_FALSE(client.execute("SELECT * FROM mysql.user"));

    // What was removed does not come back with the next start; what is of an older
    // Lars is brought up to date.
    ASSERT_TRUE(client.execute("ALTER TABLE ServerCallStatus MODIFY ip INT NOT NULL"));
    ASSERT_EQ(lars({"db", "stop"}).exit_status, 0);
    ASSERT_EQ(lars({"db", "start"}).exit_status, 0);
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(client.execute("DELETE FROM RouteData", &affected));
    EXPECT_EQ(affected, 0u);
    EXPECT_TRUE(client.execute("INSERT INTO ServerCallStatus VALUES"
                               " (1, 1, 3232235953, 80, 1, 0, 0, 0, '0')"));

    options.user = "root";
    options.password = "";
    EXPECT_FALSE(db_client(options).connect());
}

TEST_F(RunLars, ATakenPortIsNamed)
{
    _port = database_server::shared().port();
    conf("[mysql]\ndb_port = " + std::to_string(_port) + "\n");
    const run_result result = lars({"db"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_TRUE(contains(result.output, "port " + std::to_string(_port) + " is taken"))
        << result.output;
}

TEST_F(RunLars, AServerThatTheConfigurationNamesIsOnlyChecked)
{
    database own;
    use_programs({"lars_route"});
    conf(own.mysql_section());
    const run_result good = lars({"db", "start"});
    EXPECT_EQ(good.exit_status, 0) << good.output;
    EXPECT_TRUE(contains(good.output, "has the tables")) << good.output;
    EXPECT_FALSE(std::filesystem::exists(_folder.file("run/db")));

    own.exec("DROP TABLE RouteData");
    const run_result no_tables = lars({"db", "start"});
    EXPECT_EQ(no_tables.exit_status, 1);
    EXPECT_TRUE(contains(no_tables.output, own.name() + " < ")) << no_tables.output;

    conf("[mysql]\ndb_port = " + std::to_string(free_port()) + "\n");
    EXPECT_EQ(lars({"db", "start"}).exit_status, 1);
}

// Stands in for apt: says that only g++ is there, and notes what it is asked.
class RunLarsDeps : public RunLars {
protected:
    RunLarsDeps()
    {
        service("dpkg-query", "[ \"${@: -1}\" = g++ ] && printf installed");
        service("apt-cache", "[ \"$1\" = search ] || echo known");
        service("apt-get", "echo \"apt-get $*\"");
        service("sudo", "exec \"$@\"");
    }

    run_result deps(words arguments = {})
    {
        arguments.insert(arguments.begin(), "deps");
        process_options options;
        options.environment = {"PATH=" + _folder.file("bin") + ":" + getenv("PATH")};
        return run(source_path("run_lars"), arguments, options);
    }
};

TEST_F(RunLarsDeps, InstallsWhatIsMissingAndSaysSo)
{
    const run_result result = deps();
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_TRUE(contains(result.output, "Installing with apt: make patch pkg-config"))
        << result.output;
    EXPECT_TRUE(contains(result.output, " update\n")) << result.output;
    EXPECT_TRUE(contains(result.output, "--no-install-recommends make patch pkg-config"))
        << result.output;
}

TEST_F(RunLarsDeps, InstallsWhatIsNamedToo)
{
    const run_result result = deps({"redis-server", "g++"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_TRUE(contains(result.output, " openssl redis-server\n")) << result.output;
}

TEST_F(RunLarsDeps, DoesAndSaysNothingWhenAllIsThere)
{
    service("dpkg-query", "printf installed");
    const run_result result = deps();
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "");
}

TEST_F(RunLarsDeps, AFailedInstallationIsAnError)
{
    service("apt-get", "exit 100");
    const run_result result = deps();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_TRUE(contains(result.output, "apt-get update failed")) << result.output;
}

}  // namespace
}  // namespace lars
