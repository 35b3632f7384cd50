// lars_dns while its database is away, wrong, or in the middle of something.
#include <gtest/gtest.h>

#include "free_port.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

std::string ask(running_service &dns, int modid, int cmdid)
{
    wire_peer peer;
    EXPECT_TRUE(peer.connect_tcp(dns.port()));
    EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, cmdid)));
    return route_text(peer.receive_frame());
}

constexpr const char *SAMPLE = "1,1: 192.168.1.177:7777";

class DnsFaults : public testing::Test {
protected:
    void SetUp() override { _database.load(source_path("base/sql/sample.sql")); }

    void add_host(const std::string &address)
    {
        _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, " +
                       std::to_string(host(address).ip) + ", " +
                       std::to_string(host(address).port) +
                       "); INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    }

    // As "run_lars route accept".
    void accept_all()
    {
        EXPECT_EQ(run(bin_path("lars_route"), {"-c", _dns.write_config(), "accept"}).exit_status,
                  0);
    }

    database _database;
    dns_service _dns{_database.options()};
};

// Tests that stop the database have one of their own.
class DnsOwnServer : public testing::Test {
protected:
    void SetUp() override
    {
        const status started = _server.start();
        ASSERT_TRUE(started) << started.message();
        _database.emplace(_server);
        _database->load(source_path("base/sql/sample.sql"));
        _dns.emplace(_database->options());
    }

    database_server _server;
    std::optional<database> _database;
    std::optional<dns_service> _dns;
};

TEST_F(DnsFaults, Trap_D10_FailedReloadIsTriedAgain)
{
    _dns.set("dns", "reload_interval", "3600");
    ASSERT_TRUE(_dns.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_dns.port()));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1)));
    EXPECT_EQ(route_text(peer.receive_frame()), SAMPLE);

    _database.exec("RENAME TABLE RouteData TO Hidden;"
                   "INSERT INTO Hidden (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, 1);"
                   "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    EXPECT_TRUE(_dns.process().wait_for_output("RouteData"));
    EXPECT_EQ(ask(_dns, 1, 1), SAMPLE);
    _database.exec("RENAME TABLE Hidden TO RouteData");
    EXPECT_EQ(route_text(peer.receive_frame(milliseconds(15000))),
              "1,1: 0.0.0.1:1 192.168.1.177:7777");
}

TEST_F(DnsFaults, Trap_D13_EmptinessInsideATransactionIsNotVisible)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_dns.port()));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1)));
    EXPECT_EQ(route_text(peer.receive_frame()), SAMPLE);
    for (int i = 0; i < 20; ++i)
        _database.exec(
            "BEGIN; DELETE FROM RouteData; UPDATE RouteVersion SET version = version + 1;"
            " INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES"
            " (1, 1, 3232235953, 7777); COMMIT");
    add_host("10.0.0.1:1");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(DnsFaults, Trap_D13_EmptyTableWithoutVersionRowIsNotBelieved)
{
    _dns.set("dns", "reload_interval", "1");
    ASSERT_TRUE(_dns.start());
    _database.exec("BEGIN; DELETE FROM RouteData; DELETE FROM RouteVersion; COMMIT");
    EXPECT_TRUE(_dns.process().wait_for_output("not believed"));
    EXPECT_EQ(ask(_dns, 1, 1), SAMPLE);
    accept_all();
    EXPECT_TRUE(wait_until([&] { return ask(_dns, 1, 1) == "1,1:"; }));
    EXPECT_TRUE(_dns.process().wait_for_output("believed again"));
}

TEST_F(DnsFaults, AnEmptyTableWithoutAVersionAtTheStartIsToldOnce)
{
    _database.exec("DELETE FROM RouteData; DELETE FROM RouteVersion");
    _dns.set("dns", "reload_interval", "1");
    class process dns;
    ASSERT_TRUE(dns.start(bin_path("lars_dns"), {"-c", _dns.write_config()}).ok());
    ASSERT_TRUE(dns.wait_for_output("not believed"));
    // Each reload deletes an old row of RouteChange.
    for (int reload = 0; reload < 3; ++reload) {
        _database.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
        ASSERT_TRUE(wait_until([&] {
            return _database.value("SELECT COUNT(*) FROM RouteChange WHERE version = 1") == "0";
        }));
    }
    EXPECT_EQ(dns.output().find("not believed"), dns.output().rfind("not believed"))
        << dns.output();
}

TEST_F(DnsFaults, Trap_D12_KilledConnectionIsReplaced)
{
    ASSERT_TRUE(_dns.start());
    _database.kill_connections();
    EXPECT_TRUE(_dns.process().wait_for_output("is back"));
    add_host("10.0.0.1:1");
    EXPECT_TRUE(wait_until([&] { return ask(_dns, 1, 1) != SAMPLE; }));
}

TEST_F(DnsOwnServer, AConnectionThatTheServerClosesBecauseItWasIdleIsNoTrouble)
{
    db_client admin(_server.admin());
    ASSERT_TRUE(admin.connect());
    ASSERT_TRUE(admin.execute("SET GLOBAL wait_timeout = 1"));
    _dns->set("dns", "poll_interval_ms", "2000");
    _dns->set("dns", "reload_interval", "86400");
    ASSERT_TRUE(_dns->start());
    const std::string ask_for_connections =
        "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE db = DATABASE()"
        " AND id <> CONNECTION_ID()";
    const std::string first = _database->value(ask_for_connections);
    // Closed, and a round later there is another one.
    EXPECT_TRUE(wait_until([&] {
        const std::string now = _database->value(ask_for_connections);
        return now != "0" && now != first;
    }));
    _database->exec(
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, 1);"
        "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    EXPECT_TRUE(wait_until([&] { return ask(*_dns, 1, 1) != SAMPLE; }));
    EXPECT_EQ(_dns->process().output().find("ERROR"), std::string::npos)
        << _dns->process().output();
}

// A replica, or one that was the primary until just now.
TEST_F(DnsOwnServer, AServerThatMayNotBeWrittenToIsReadAllTheSame)
{
    db_client admin(_server.admin());
    ASSERT_TRUE(admin.connect());
    _dns->set("dns", "reload_interval", "1");
    ASSERT_TRUE(_dns->start());
    ASSERT_TRUE(admin.execute("SET GLOBAL read_only = 1"));
    const auto add = [&](const std::string &port) {
        const std::string name = _database->name();
        for (const std::string &statement :
             {"INSERT INTO " + name +
                  ".RouteData (modid, cmdid, serverip, serverport)"
                  " VALUES (1, 1, 1, " +
                  port + ")",
              "INSERT INTO " + name + ".RouteChange (modid, cmdid, version) VALUES (1, 1, 1)"})
            EXPECT_TRUE(admin.execute(statement)) << statement;
        EXPECT_TRUE(wait_until(
            [&] { return ask(*_dns, 1, 1).find("0.0.0.1:" + port) != std::string::npos; }));
    };
    add("1");
    EXPECT_TRUE(_dns->process().wait_for_output("old RouteChange rows stay"));
    // Each try goes to whatever server is there then.
    const auto connection = [&] {
        return _database->value("SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist"
                                " WHERE db = DATABASE() AND id <> CONNECTION_ID()");
    };
    const std::string first = connection();
    EXPECT_TRUE(wait_until([&] { return connection() != first; }));
    add("2");
    ASSERT_TRUE(admin.execute("SET GLOBAL read_only = 0"));
    EXPECT_TRUE(wait_until([&] {
        return _database->value("SELECT COUNT(*) FROM RouteChange WHERE version = 1") == "0";
    }));
    const std::string log = _dns->process().output();
    EXPECT_EQ(log.find("ERROR"), std::string::npos) << log;
    EXPECT_EQ(log.find("rows stay"), log.rfind("rows stay")) << log;
}

TEST_F(DnsOwnServer, Trap_D12_ServesOnAndCatchesUpWhenTheDatabaseStops)
{
    ASSERT_TRUE(_dns->start());
    ASSERT_TRUE(_server.stop().ok());
    EXPECT_TRUE(_dns->process().wait_for_output("; serving 2 modules"));
    EXPECT_EQ(ask(*_dns, 1, 1), SAMPLE);
    {
        // Who answers there now is no database: the next tries fail otherwise.
        wire_peer stranger;
        ASSERT_TRUE(stranger.listen_tcp(_server.port()));
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(stranger.accept());
    }
    ASSERT_TRUE(_server.start().ok());
    _database->exec("DELETE FROM RouteData WHERE serverport = 7777");
    EXPECT_TRUE(wait_until([&] { return ask(*_dns, 1, 1) == "1,1:"; }, milliseconds(20000)));
    // It was told once, however often and in what words the tries failed.
    const std::string log = _dns->process().output();
    EXPECT_EQ(log.find("; serving 2 modules"), log.rfind("; serving 2 modules")) << log;
    EXPECT_EQ(log.find("is back"), log.rfind("is back")) << log;
}

TEST_F(DnsOwnServer, ADatabaseThatHangsDoesNotHoldUpTheEnd)
{
    ASSERT_TRUE(_dns->start());
    _server.pause();
    // It asks each 10 to 100 ms, and waits for an answer then.
    EXPECT_EQ(_dns->process().terminate(milliseconds(5000)), 0);
    _server.resume();
    EXPECT_EQ(_dns->process().output().find("ERROR"), std::string::npos)
        << _dns->process().output();
}

TEST_F(DnsOwnServer, ADatabaseThatHangsBeforeTheStartDoesNotHoldUpTheEnd)
{
    _dns->set("dns", "snapshot", _dns->folder().file("snapshot"));
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(_dns->stop(), 0);
    _server.pause();
    ASSERT_TRUE(_dns->start()) << "from its snapshot";
    EXPECT_EQ(_dns->process().terminate(milliseconds(5000)), 0);
    _server.resume();
}

// What the snapshot has is answered at once; what it lacks may be in the database.
TEST_F(DnsOwnServer, AModuleThatIsNotInTheSnapshotIsAnsweredWhenTheDatabaseWasRead)
{
    _dns->set("dns", "snapshot", _dns->folder().file("snapshot"));
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(_dns->stop(), 0);
    _database->exec(
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (7, 7, 1, 1)");
    _server.pause();
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(ask(*_dns, 1, 1), SAMPLE);
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_dns->port()));
    for (const int modid : {7, 8})
        ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, modid)));
    EXPECT_FALSE(peer.receive_frame(milliseconds(300)));
    _server.resume();
    EXPECT_EQ(route_text(peer.receive_frame(milliseconds(15000))), "7,7: 0.0.0.1:1");
    EXPECT_EQ(route_text(peer.receive_frame()), "8,8:");
}

TEST_F(DnsOwnServer, LooksUpAtOnceWhileTheDatabaseHangs)
{
    ASSERT_TRUE(_dns->start());
    _server.pause();
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(ask(*_dns, 1, 1), SAMPLE);
    EXPECT_TRUE(_dns->process().wait_for_output("; serving 2 modules", milliseconds(30000)));
    _server.resume();
    EXPECT_TRUE(_dns->process().wait_for_output("is back", milliseconds(30000)));
}

TEST_F(DnsOwnServer, StartsWithoutDatabaseFromItsSnapshot)
{
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(_dns->stop(), 0);
    ASSERT_TRUE(_server.stop().ok());
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(ask(*_dns, 1, 1), SAMPLE);
    EXPECT_TRUE(_dns->process().wait_for_output("serving the snapshot"));

    ASSERT_TRUE(_server.start().ok());
    _database->exec("DELETE FROM RouteData WHERE serverport = 7777");
    EXPECT_TRUE(wait_until([&] { return ask(*_dns, 1, 1) == "1,1:"; }, milliseconds(20000)));
}

TEST_F(DnsOwnServer, WithoutTableItDoesNotListenAndServesOnceThereIsOne)
{
    ASSERT_TRUE(_server.stop().ok());
    const uint16_t port = free_port();
    _dns->set("reactor", "port", std::to_string(port));
    class process dns;
    process_options options;
    options.ready_fd = true;
    ASSERT_TRUE(dns.start(bin_path("lars_dns"), {"-c", _dns->write_config()}, options).ok());
    EXPECT_TRUE(dns.wait_for_output("nothing to serve yet"));
    wire_peer peer;
    EXPECT_FALSE(peer.connect_tcp(port));
    ASSERT_TRUE(_server.start().ok());
    ASSERT_FALSE(dns.wait_ready().empty());
    ASSERT_TRUE(peer.connect_tcp(port));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1)));
    EXPECT_EQ(route_text(peer.receive_frame()), SAMPLE);
}

TEST_F(DnsOwnServer, DamagedSnapshotIsRefused)
{
    ASSERT_TRUE(_dns->start());
    EXPECT_EQ(_dns->stop(), 0);
    ASSERT_TRUE(_server.stop().ok());
    const std::string path = _dns->folder().file("snapshot");
    const std::string whole = read_text(path);
    ASSERT_NE(whole, "");
    write_text(path, whole.substr(0, whole.size() - 3));
    class process dns;
    ASSERT_TRUE(dns.start(bin_path("lars_dns"), {"-c", _dns->write_config()}).ok());
    EXPECT_TRUE(dns.wait_for_output("snapshot: "));
    EXPECT_EQ(dns.terminate(), 0);
}

struct wrong_database {
    const char *name;
    const char *key;
    const char *value;
    const char *message;
};

class DnsWrongDatabase : public DnsFaults, public testing::WithParamInterface<wrong_database> {};

TEST_P(DnsWrongDatabase, IsNamedAndTheDnsKeepsTrying)
{
    if (GetParam().key)
        _dns.set("mysql", GetParam().key, GetParam().value);
    else
        _database.exec("DROP TABLE RouteData");
    class process dns;
    ASSERT_TRUE(dns.start(bin_path("lars_dns"), {"-c", _dns.write_config()}).ok());
    EXPECT_TRUE(dns.wait_for_output(GetParam().message)) << dns.output();
    EXPECT_TRUE(dns.running());
    EXPECT_EQ(dns.terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, DnsWrongDatabase,
    testing::Values(wrong_database{"password", "db_passwd", "wrong", "Access denied"},
                    wrong_database{"absent", "db_port", "1", "1/"},
                    wrong_database{"database", "db_name", "nothing_here", "denied"},
                    wrong_database{"schema", nullptr, nullptr, "RouteData"}),
    [](const auto &test) { return test.param.name; });

}  // namespace
}  // namespace lars
