// lars_route as a process, against a real database.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <thread>

#include "database.h"
#include "free_port.h"
#include "lars_route_fixture.h"
#include "messages.h"
#include "paths.h"
#include "process.h"
#include "running_service.h"
#include "terminal.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

class LarsRoute : public LarsRouteTest {
protected:
    // How many wait for the row that all writers lock.
    std::string editors_that_wait()
    {
        return _database.value("SELECT COUNT(*) FROM information_schema.processlist WHERE "
                               "info LIKE 'INSERT INTO RouteVersion%'");
    }
    // Of the server, since it started.
    std::string deadlocks()
    {
        return _database.value("SELECT variable_value FROM information_schema.global_status "
                               "WHERE variable_name = 'Innodb_deadlocks'");
    }
};

TEST_F(LarsRoute, AddedHostsAreListedAndTheChangeIsNotedOnce)
{
    EXPECT_EQ(good({"add", "1", "2", "192.168.1.178:7776", "192.168.1.179:7778"}),
              "192.168.1.178:7776 added to 1 2\n192.168.1.179:7778 added to 1 2\n");
    EXPECT_EQ(good({"list"}), "1 2 192.168.1.178:7776\n1 2 192.168.1.179:7778\n");
    EXPECT_EQ(_database.query("SELECT modid, cmdid FROM RouteChange"),
              (std::vector<words>{{"1", "2"}}));
    EXPECT_EQ(_database.value("SELECT version > UNIX_TIMESTAMP() - 60 FROM RouteVersion"), "1");
    EXPECT_EQ(_database.value("SELECT c.version = v.version FROM RouteChange c, RouteVersion v"),
              "1");
    EXPECT_EQ(_database.value("SELECT serverip FROM RouteData WHERE serverport = 7776"),
              "3232235954");
}

TEST_F(LarsRoute, AddingAgainChangesNothingAndSaysSo)
{
    good({"add", "1", "1", "10.0.0.1:80"});
    _database.exec("UPDATE RouteVersion SET version = 5");
    EXPECT_EQ(good({"add", "1", "1", "10.0.0.1:80"}), "10.0.0.1:80 is already in 1 1\n");
    EXPECT_EQ(changes(), "1");
    EXPECT_EQ(_database.value("SELECT version FROM RouteVersion"), "5");

    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.2:80"});
    EXPECT_EQ(changes(), "2");
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "2");
}

TEST_F(LarsRoute, RemovesSomeHostsOrTheWholeRoute)
{
    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"});
    good({"add", "1", "2", "10.0.0.1:80"});
    EXPECT_EQ(good({"del", "1", "1", "10.0.0.2:80", "10.0.0.9:80"}),
              "10.0.0.2:80 removed from 1 1\n10.0.0.9:80 is not in 1 1\n");
    EXPECT_EQ(changes(), "3");
    EXPECT_EQ(good({"list", "1", "1"}), "1 1 10.0.0.1:80\n1 1 10.0.0.3:80\n");
    good({"del", "1", "1"});
    EXPECT_EQ(changes(), "4");
    EXPECT_EQ(good({"list"}), "1 2 10.0.0.1:80\n");
    EXPECT_EQ(good({"del", "1", "1"}), "1 1 has no route\n");
    EXPECT_EQ(good({"del", "1", "2", "10.0.0.7:80"}), "10.0.0.7:80 is not in 1 2\n");
    EXPECT_EQ(changes(), "4");
    EXPECT_EQ(good({"list", "1", "1"}), "no routes\n");
}

TEST_F(LarsRoute, RowsThatStandTwiceAreShownOnceAndRemovedTogether)
{
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES "
                   "(1, 1, 167772161, 80), (1, 1, 167772161, 80), (1, 1, 1, 70000)");
    EXPECT_EQ(good({"list"}), "1 1 0.0.0.1:70000\n1 1 10.0.0.1:80\n");
    EXPECT_EQ(good({"del", "1", "1", "10.0.0.1:80"}), "10.0.0.1:80 removed from 1 1\n");
    EXPECT_EQ(good({"list"}), "1 1 0.0.0.1:70000\n");
    good({"del", "1", "1"});
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(LarsRoute, SignedAndUnsignedIdsAreTheSame32Bits)
{
    good({"add", "-1", "4294967295", "10.0.0.1:80"});
    EXPECT_EQ(good({"add", "4294967295", "-1", "10.0.0.1:80"}),
              "10.0.0.1:80 is already in -1 -1\n");
    good({"add", "-2147483648", "0", "10.0.0.1:80"});
    EXPECT_EQ(_database.value("SELECT GROUP_CONCAT(modid ORDER BY modid) FROM RouteData"),
              "2147483648,4294967295");
    EXPECT_EQ(good({"list"}), "-2147483648 0 10.0.0.1:80\n-1 -1 10.0.0.1:80\n");
}

TEST_F(LarsRoute, TwoChangesInOneSecondHaveDifferentVersions)
{
    _database.exec("UPDATE RouteVersion SET version = UNIX_TIMESTAMP() + 1000");
    const std::string before = _database.value("SELECT version FROM RouteVersion");
    good({"add", "1", "1", "10.0.0.1:80"});
    EXPECT_EQ(_database.value("SELECT version - " + before + " FROM RouteVersion"), "1");
    EXPECT_EQ(_database.value("SELECT c.version = v.version FROM RouteChange c, RouteVersion v"),
              "1");
}

TEST_F(LarsRoute, ClearRemovesEveryRouteAndNotesEachModuleOnce)
{
    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80"});
    good({"add", "-1", "2", "10.0.0.1:80"});
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                   " SELECT modid, cmdid, serverip, serverport FROM RouteData WHERE modid = 1;"
                   "DELETE FROM RouteChange");
    const std::string version = _database.value("SELECT version FROM RouteVersion");

    EXPECT_EQ(good({"clear", "--yes"}), "2 modules and 3 hosts removed\n");
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
    EXPECT_EQ(_database.query("SELECT modid, cmdid FROM RouteChange WHERE version < 4294967296"
                              " ORDER BY modid"),
              (std::vector<words>{{"1", "1"}, {"4294967295", "2"}}));
    EXPECT_EQ(acceptances(), "1");
    EXPECT_EQ(_database.value("SELECT version > " + version + " FROM RouteVersion"), "1");
    EXPECT_EQ(_database.value("SELECT COUNT(DISTINCT c.version, v.version) FROM RouteChange c,"
                              " RouteVersion v WHERE c.version = v.version"),
              "1");

    // A second time there is nothing to remove, but a dns may have doubted that.
    EXPECT_EQ(good({"clear", "--yes"}), "0 modules and 0 hosts removed\n");
    EXPECT_EQ(acceptances(), "1");
    EXPECT_EQ(changes(), "4");
}

TEST_F(LarsRoute, AcceptTellsThatAllIsMeantAndChangesNoRoute)
{
    good({"add", "1", "1", "10.0.0.1:80"});
    _database.exec("DELETE FROM RouteChange; UPDATE RouteVersion SET version = 7");
    EXPECT_EQ(good({"accept"}), "accepted: 1 module and 1 host are all that there is\n");
    EXPECT_EQ(changes(), "1");
    EXPECT_EQ(acceptances(), "1");
    EXPECT_EQ(_database.value("SELECT version > UNIX_TIMESTAMP() - 60 FROM RouteVersion"), "1");
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80\n");
    _database.exec("DELETE FROM RouteVersion; DELETE FROM RouteChange");
    good({"accept"});
    EXPECT_EQ(acceptances(), "1");
}

TEST_F(LarsRoute, ClearThatFailsHalfwayLeavesEverything)
{
    good({"add", "1", "1", "10.0.0.1:80"});
    _database.exec("DROP TABLE RouteChange");
    const std::string version = _database.value("SELECT version FROM RouteVersion");
    EXPECT_EQ(route({"clear", "--yes"}).exit_status, 1);
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "1");
    EXPECT_EQ(_database.value("SELECT version FROM RouteVersion"), version);
}

TEST_F(LarsRoute, ClearAsksOnTheTerminal)
{
    good({"add", "1", "1", "10.0.0.1:80"});
    // Tests have no terminal.
    const run_result refused = route({"clear"});
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_NE(refused.output.find("--yes"), std::string::npos) << refused.output;

    terminal typed;
    for (const char *no : {"no", "", "y", " yes"}) {
        typed.type(no);
        const run_result result = typed.run(bin_path("lars_route"), {"-c", _config, "clear"});
        EXPECT_EQ(result.exit_status, 1) << no;
        EXPECT_NE(result.output.find("nothing is removed"), std::string::npos) << result.output;
    }
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "1");

    typed.type("yes");
    const run_result result = typed.run(bin_path("lars_route"), {"-c", _config, "clear"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "All routes go, of 1 module and 1 host, from " +
                                 _database.options().describe() +
                                 ". Type yes to remove them: 1 module and 1 host removed\n");
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(LarsRoute, ClearReachesWhoeverAskedARunningDns)
{
    good({"add", "1", "1", "10.0.0.1:80"});
    good({"add", "1", "2", "10.0.0.2:80"});
    dns_service dns(_database.options());
    ASSERT_TRUE(dns.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(dns.port()));
    for (const char *route : {"1,1: 10.0.0.1:80", "1,2: 10.0.0.2:80"}) {
        ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, route[2] - '0')));
        ASSERT_EQ(route_text(peer.receive_frame()), route);
    }
    good({"clear", "--yes"});
    std::vector<std::string> pushed{route_text(peer.receive_frame()),
                                    route_text(peer.receive_frame())};
    std::sort(pushed.begin(), pushed.end());
    EXPECT_EQ(pushed, (std::vector<std::string>{"1,1:", "1,2:"}));
}

TEST_F(LarsRoute, AMissingVersionRowIsMade)
{
    _database.exec("DELETE FROM RouteVersion");
    good({"add", "1", "1", "10.0.0.1:80"});
    EXPECT_EQ(_database.value("SELECT GROUP_CONCAT(id) FROM RouteVersion WHERE version > 0"), "1");
}

TEST_F(LarsRoute, ManyAtOnceLoseNothing)
{
    _database.exec("TRUNCATE RouteVersion");
    std::vector<std::unique_ptr<process>> editors;
    for (int i = 1; i <= 8; ++i) {
        editors.push_back(std::make_unique<process>());
        const status s = editors.back()->start(bin_path("lars_route"),
                                               {"-c", _config, "add", "1", "1", "10.0.0.99:99",
                                                "10.0.0." + std::to_string(i) + ":80"});
        ASSERT_TRUE(s) << s.message();
    }
    for (const auto &editor : editors)
        EXPECT_EQ(editor->wait_exit(), 0) << editor->output();
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "9");
    EXPECT_EQ(changes(), "8");
}

// Somebody holds the place of the missing row, and two of ours wait for it.
TEST_F(LarsRoute, TwoThatFindNoVersionRowAreNoDeadlock)
{
    // A row that was only deleted can be locked until it is purged.
    _database.exec("TRUNCATE RouteVersion");
    const std::string deadlocks_before = deadlocks();
    db_client other(_database.options());
    ASSERT_TRUE(other.connect());
    std::array<process, 2> editors;
    const status done = other.transaction([&] {
        EXPECT_TRUE(other.execute("SELECT version FROM RouteVersion WHERE id = 1 FOR UPDATE"));
        status s;
        for (size_t i = 0; s && i < editors.size(); ++i)
            s = editors[i].start(bin_path("lars_route"),
                                 {"-c", _config, "add", "1", std::to_string(i), "10.0.0.1:80"});
        EXPECT_TRUE(wait_until([this] { return editors_that_wait() == "2"; }));
        return s;
    });
    ASSERT_TRUE(done) << done.message();
    for (process &editor : editors)
        EXPECT_EQ(editor.wait_exit(), 0) << editor.output();
    EXPECT_EQ(changes(), "2");
    EXPECT_EQ(deadlocks(), deadlocks_before);
}

TEST_F(LarsRoute, WaitsForAnotherWriterAndSeesWhatItWrote)
{
    db_client other(_database.options());
    ASSERT_TRUE(other.connect());
    process editor;
    const status done = other.transaction([&] {
        EXPECT_TRUE(other.execute("SELECT version FROM RouteVersion WHERE id = 1 FOR UPDATE"));
        EXPECT_TRUE(other.execute("INSERT INTO RouteData (modid, cmdid, serverip, serverport) "
                                  "VALUES (1, 1, 167772161, 80)"));
        const status s =
            editor.start(bin_path("lars_route"), {"-c", _config, "add", "1", "1", "10.0.0.1:80"});
        EXPECT_TRUE(wait_until([this] { return editors_that_wait() == "1"; }));
        return s;
    });
    ASSERT_TRUE(done) << done.message();
    EXPECT_EQ(editor.wait_exit(), 0);
    EXPECT_EQ(editor.output(), "10.0.0.1:80 is already in 1 1\n");
}

TEST_F(LarsRoute, AChangeThatFailsHalfwayLeavesNothing)
{
    _database.exec("DROP TABLE RouteChange");
    const run_result result = route({"add", "1", "1", "10.0.0.1:80"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("RouteChange"), std::string::npos) << result.output;
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(LarsRoute, WrongArgumentsGetTheUsageAndStatusTwo)
{
    const std::vector<words> wrong = {
        {},
        {"show"},
        {"add"},
        {"add", "1"},
        {"add", "1", "1"},
        {"del", "1"},
        {"list", "1"},
        {"list", "1", "1", "10.0.0.1:80"},
        {"add", "x", "1", "10.0.0.1:80"},
        {"add", "1", "4294967296", "10.0.0.1:80"},
        {"add", "-2147483649", "1", "10.0.0.1:80"},
        {"add", "99999999999999999999", "1", "10.0.0.1:80"},
        {"add", "1", "1 ", "10.0.0.1:80"},
        {"add", "1", "", "10.0.0.1:80"},
        {"add", "1", "1", "10.0.0.1"},
        {"add", "1", "1", "10.0.0.1:0"},
        {"add", "1", "1", "0.0.0.0:80"},
        {"add", "1", "1", "10.0.0.1:65536"},
        {"add", "1", "1", "10.0.0.256:80"},
        {"add", "1", "1", "10.0.0.1:80", "x"},
        {"del", "1", "1", "'; DROP TABLE RouteData"},
        {"-x", "list"},
        {"-c"},
        {"list", "-c"},
        {"clear", "1", "1"},
        {"clear", "yes"},
        {"clear", "--yes", "--yes"},
        {"accept", "1"},
        {"accept", "--yes"},
    };
    for (const words &arguments : wrong) {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, 2) << testing::PrintToString(arguments);
        EXPECT_NE(result.output.find("usage: lars_route"), std::string::npos) << result.output;
    }
    EXPECT_EQ(changes(), "0");
    EXPECT_EQ(route({"--help"}).exit_status, 0);
    EXPECT_EQ(route({"--version"}).output.compare(0, 11, "lars_route "), 0);
}

TEST_F(LarsRoute, AWrongConfigurationIsRefusedWithStatusTwo)
{
    use("[mysql]\ndb_user = u\ndb_port = 70000\n");
    const run_result result = route({"list"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_NE(result.output.find(_config + ":5: [mysql] db_port"), std::string::npos)
        << result.output;
    _config = _folder.file("absent.conf");
    EXPECT_EQ(route({"list"}).exit_status, 2);
}

TEST_F(LarsRoute, ADatabaseThatCannotBeUsedIsNamedWithWhatToDo)
{
    const auto failing = [this](const std::string &advice) {
        const run_result result = route({"list"});
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_NE(result.output.find(advice), std::string::npos) << result.output;
    };
    const std::string section = _database.mysql_section();
    use("[mysql]\ndb_user = u\ndb_port = " + std::to_string(free_port()) + "\n");
    failing("run_lars db start");
    use("[mysql]\ndb_user = nobody\ndb_port = " + std::to_string(database_server::shared().port()) +
        "\n");
    failing("db_passwd");
    use(section);
    _database.exec("ALTER TABLE RouteData DROP COLUMN serverport");
    failing("base/sql/upgrade.sql");
    _database.exec("DROP TABLE RouteData");
    failing("base/sql/schema.sql");
}

TEST_F(LarsRoute, SchemaAndSampleRowsCanBeLoadedAgain)
{
    for (int i = 0; i < 2; ++i) {
        _database.load(source_path("base/sql/schema.sql"));
        _database.load(source_path("base/sql/sample.sql"));
        EXPECT_EQ(good({"list"}), "1 1 192.168.1.177:7777\n1 2 192.168.1.178:7776\n"
                                  "1 2 192.168.1.179:7778\n1 2 192.168.1.180:7779\n");
        EXPECT_EQ(changes(), "2");
        EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteVersion"), "1");
    }
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "4");
    EXPECT_EQ(_database.value("SELECT serverip FROM RouteData WHERE serverport = 7777"),
              "3232235953");
}

}  // namespace
}  // namespace lars
