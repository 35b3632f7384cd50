// How lars_dns finds what was changed in the database, and whom it tells.
#include "dns_fixture.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

TEST_F(Dns, Trap_D7_TwoChangesInOneSecondAreBothPushed)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    _database.exec("UPDATE RouteVersion SET version = 5000");
    const auto change_in_second_5000 = [&](const std::string &address) {
        _database.exec("BEGIN; " + insert(1, 1, address) +
                       "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 5000);"
                       " UPDATE RouteVersion SET version = 5000 WHERE id = 1; COMMIT");
    };
    change_in_second_5000("10.0.0.1:1");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
    change_in_second_5000("10.0.0.2:2");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 10.0.0.2:2 192.168.1.177:7777");
}

TEST_F(Dns, Trap_D8_VersionThatMovesFirstLosesNothing)
{
    _dns.set("dns", "reload_interval", "3600");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    ask(peer, 1, 2);
    _database.exec("UPDATE RouteVersion SET version = version + 7");
    // This row makes sure that the new version was seen before what follows.
    change(insert(1, 2, "10.0.0.2:2"), 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()).substr(0, 4), "1,2:");
    _database.exec("BEGIN; " + insert(1, 1, "10.0.0.1:1") +
                   "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1); COMMIT");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, VersionThatMovesAloneLeadsToAFullComparison)
{
    _dns.set("dns", "reload_interval", "3600");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    _database.exec("BEGIN; " + insert(1, 1, "10.0.0.1:1") +
                   "; UPDATE RouteVersion SET version = version + 1; COMMIT");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, ChangeThatNobodyAnnouncedIsFoundByTheReload)
{
    _dns.set("dns", "reload_interval", "1");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    _database.exec(insert(1, 1, "10.0.0.1:1"));
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, RowThatCommitsLateWithALowerIdIsNotMissed)
{
    _dns.set("dns", "reload_interval", "3600");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    ask(peer, 1, 2);
    db_client slow(_database.options());
    ASSERT_TRUE(slow.connect().ok());
    ASSERT_TRUE(slow.execute("BEGIN").ok());
    ASSERT_TRUE(slow.execute(insert(1, 1, "10.0.0.1:1")).ok());
    ASSERT_TRUE(
        slow.execute("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)").ok());
    change(insert(1, 2, "10.0.0.2:2"), 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()).substr(0, 4), "1,2:");
    ASSERT_TRUE(slow.execute("COMMIT").ok());
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, Trap_D9_TwoInstancesPushEverythingOnce)
{
    dns_service other(_database.options());
    _database.exec("DELETE FROM RouteChange");
    ASSERT_TRUE(_dns.start());
    ASSERT_TRUE(other.start());
    wire_peer first = connect();
    wire_peer second = connect(other);
    ask(first, 1, 1);
    ask(second, 1, 1);
    change(insert(1, 1, "10.0.0.1:1"), 1, 1);
    const std::string now = "1,1: 10.0.0.1:1 192.168.1.177:7777";
    EXPECT_EQ(route_text(first.receive_frame()), now);
    EXPECT_EQ(route_text(second.receive_frame()), now);

    EXPECT_EQ(other.stop(), 0);
    EXPECT_TRUE(second.wait_eof());
    change(insert(1, 1, "10.0.0.2:2"), 1, 1);
    EXPECT_EQ(route_text(first.receive_frame()), "1,1: 10.0.0.1:1 10.0.0.2:2 192.168.1.177:7777");
    ASSERT_TRUE(other.start());
    wire_peer again = connect(other);
    // Its snapshot is older, and may be what it begins with.
    EXPECT_TRUE(wait_until(
        [&] { return ask(again, 1, 1) == "1,1: 10.0.0.1:1 10.0.0.2:2 192.168.1.177:7777"; }));
    EXPECT_FALSE(first.receive_frame(SHORT));
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteChange"), "2");
}

TEST_F(Dns, Trap_D14_DeletedAndMovedHostsArePushed)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    ask(peer, 1, 2);
    change("DELETE FROM RouteData WHERE serverport = 7779", 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,2: 192.168.1.178:7776 192.168.1.179:7778");
    _database.exec("BEGIN; UPDATE RouteData SET cmdid = 2 WHERE serverport = 7777;"
                   " INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 9), (1, 2, 9);"
                   " UPDATE RouteVersion SET version = 9; COMMIT");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1:");
    EXPECT_EQ(route_text(peer.receive_frame()),
              "1,2: 192.168.1.177:7777 192.168.1.178:7776 192.168.1.179:7778");
}

TEST_F(Dns, DoubledAndImpossibleRowsDoNotReachAnyone)
{
    _database.exec(insert(1, 1, "192.168.1.177:7777"));
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES"
                   " (1, 1, 0, 80), (1, 1, 167772161, 0), (1, 1, 167772161, 70000)");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), "1,1: 192.168.1.177:7777");
    EXPECT_TRUE(_dns.process().wait_for_output("3 rows left out, such as RouteData id "));
}

TEST_F(Dns, OldChangeRowsArePrunedAndNewOnesStay)
{
    _dns.set("dns", "reload_interval", "1");
    _dns.set("dns", "change_retention", "3600");
    _database.exec("DELETE FROM RouteChange; INSERT INTO RouteChange (modid, cmdid, version) VALUES"
                   " (1, 1, UNIX_TIMESTAMP() - 7200), (1, 1, UNIX_TIMESTAMP() - 60)");
    ASSERT_TRUE(_dns.start());
    EXPECT_TRUE(
        wait_until([&] { return _database.value("SELECT COUNT(*) FROM RouteChange") == "1"; }));
    EXPECT_EQ(_database.value("SELECT version > UNIX_TIMESTAMP() - 3600 FROM RouteChange"), "1");
}

TEST_F(Dns, RunLarsRouteAddsAndRemovesHosts)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 7, -1);
    process_options options;
    options.environment = {"LARS_CONF=" + _dns.folder().file("service.conf")};
    const auto route = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "route");
        const run_result result = run(source_path("run_lars"), words, options);
        EXPECT_EQ(result.exit_status, 0) << result.output;
        return result.output;
    };
    route({"add", "7", "-1", "10.0.0.1:80", "10.0.0.2:80"});
    EXPECT_EQ(route_text(peer.receive_frame()), "7,-1: 10.0.0.1:80 10.0.0.2:80");
    route({"del", "7", "-1", "10.0.0.1:80"});
    EXPECT_EQ(route_text(peer.receive_frame()), "7,-1: 10.0.0.2:80");
    route({"del", "7", "-1"});
    EXPECT_EQ(route_text(peer.receive_frame()), "7,-1:");
}

// Neither of the two would look again by itself.
TEST_F(Dns, RunLarsRouteTellsEveryDnsOfItsConfiguration)
{
    dns_service second(_database.options());
    wire_peer silent;
    wire_peer gone;
    ASSERT_TRUE(silent.listen_tcp());
    ASSERT_TRUE(gone.listen_tcp());
    const std::string unused = std::to_string(gone.port());
    gone.close();
    for (dns_service *dns : {&second, &_dns}) {
        dns->set("dns", "poll_interval_ms", "60000");
        dns->set("dns", "reload_interval", "86400");
    }
    ASSERT_TRUE(second.start());
    _dns.set("dns", "others",
             "127.0.0.1:" + std::to_string(silent.port()) + ", 127.0.0.1:" + unused +
                 ", 127.0.0.1:" + std::to_string(second.port()));
    ASSERT_TRUE(_dns.start());
    wire_peer first_peer = connect();
    wire_peer second_peer = connect(second);
    ask(first_peer, 7, 7);
    ask(second_peer, 7, 7);
    for (const std::string host : {"10.0.0.1:80", "10.0.0.2:80"}) {
        const run_result added =
            run(bin_path("lars_route"), {"-c", _dns.write_config(), "add", "7", "7", host});
        EXPECT_EQ(added.exit_status, 0) << added.output;
        EXPECT_NE(route_text(first_peer.receive_frame()).find(host), std::string::npos);
        EXPECT_NE(route_text(second_peer.receive_frame()).find(host), std::string::npos);
    }
}

TEST_F(Dns, HoweverManyHintsComeTheDatabaseIsAskedOnceInFiveMilliseconds)
{
    _dns.set("dns", "poll_interval_ms", "60000");
    ASSERT_TRUE(_dns.start());
    const auto statements = [this] {
        return std::stol(_database.query("SHOW GLOBAL STATUS LIKE 'Com_select'")[0][1]);
    };
    wire_peer peer = connect();
    const long before = statements();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i)
        ASSERT_TRUE(peer.send_frame(ID_RouteHint, ""));
    change(insert(7, 7, "10.0.0.1:80"), 7, 7);
    ask(peer, 7, 7);
    ASSERT_TRUE(peer.send_frame(ID_RouteHint, ""));
    ASSERT_TRUE(wait_until([&] { return ask(peer, 7, 7) == "7,7: 10.0.0.1:80"; }));
    const auto took = std::chrono::steady_clock::now() - start;
    // One statement a look, and some more for the change.
    EXPECT_LE(statements() - before, took / milliseconds(5) + 15);
}

TEST_F(Dns, AChangeOfAWeightAloneIsPushedAndADrainedHostLeavesTheRoute)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 2);
    const std::string update = "UPDATE RouteData SET weight = ";
    change(update + "50 WHERE serverport = 7776", 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()),
              "1,2: 192.168.1.178:7776@50 192.168.1.179:7778 192.168.1.180:7779");
    change(update + "0 WHERE serverport = 7778", 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,2: 192.168.1.178:7776@50 192.168.1.180:7779");
    change(update + "0", 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,2:");
    change(update + "100", 1, 2);
    EXPECT_EQ(route_text(peer.receive_frame()),
              "1,2: 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779");
}

}  // namespace
}  // namespace lars
