// lars_dns as a process, with a real database and peers that speak the wire
// contract on their own.
#include <gtest/gtest.h>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

constexpr milliseconds SHORT(300);

class Dns : public testing::Test {
protected:
    void SetUp() override { _database.load(source_path("base/sql/sample.sql")); }

    wire_peer connect(running_service &dns)
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(dns.port()));
        return peer;
    }
    wire_peer connect() { return connect(_dns); }

    static std::string ask(wire_peer &peer, int modid, int cmdid)
    {
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(modid, cmdid)));
        return route_text(peer.receive_frame());
    }

    // A change as a correct writer makes it.
    void change(const std::string &rows, int modid, int cmdid)
    {
        _database.exec("BEGIN; " + rows +
                       "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (" +
                       std::to_string(modid) + "," + std::to_string(cmdid) +
                       ", UNIX_TIMESTAMP()); UPDATE RouteVersion SET version = UNIX_TIMESTAMP()"
                       " WHERE id = 1; COMMIT");
    }
    static std::string insert(int modid, unsigned cmdid, const std::string &address)
    {
        return "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (" +
               std::to_string(modid) + "," + std::to_string(cmdid) + "," +
               std::to_string(host(address).ip) + "," + std::to_string(host(address).port) + ")";
    }

    database _database;
    dns_service _dns{_database.options()};
};

TEST_F(Dns, GoldenBytesAreAnsweredWhereNoVersionIsKnown)
{
    _database.exec("UPDATE RouteVersion SET version = 0");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_bytes(from_hex("01000000 04000000 08011001")));
    const auto answer = peer.receive_frame();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->msgid, 2);
    EXPECT_EQ(to_hex(answer->body), "080110011a0e08b183a085fcffffffff0110e13c");
    EXPECT_EQ(ask(peer, 1, 2), "1,2: 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779");
}

TEST_F(Dns, UnknownModuleIsAnsweredWithoutHosts)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 77, -5), "77,-5:");
    // Its body is empty.
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, ""));
    const auto answer = peer.receive_frame();
    GetRouteResponse body;
    ASSERT_TRUE(answer && body.ParseFromString(answer->body));
    EXPECT_EQ(body.modid(), 0);
    EXPECT_EQ(body.host_size(), 0);
    EXPECT_EQ(std::to_string(body.version()), _database.value("SELECT version FROM RouteVersion"));
}

TEST_F(Dns, AnswersAndPushesSayTheVersionOfTheirTable)
{
    _database.exec("UPDATE RouteVersion SET version = 1000");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    const auto version = [&] {
        GetRouteResponse body;
        const auto answer = peer.receive_frame();
        return answer && body.ParseFromString(answer->body) ? body.version() : 0;
    };
    const auto ask_for_version = [&] {
        EXPECT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1)));
        return version();
    };
    EXPECT_EQ(ask_for_version(), 1000u);
    _database.exec("BEGIN; " + insert(1, 1, "10.0.0.9:1") +
                   "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 2000);"
                   " UPDATE RouteVersion SET version = 2000; COMMIT");
    EXPECT_EQ(version(), 2000u) << "pushed";
    EXPECT_EQ(ask_for_version(), 2000u);
    _database.exec("UPDATE RouteVersion SET version = 3000");
    EXPECT_TRUE(wait_until([&] { return ask_for_version() == 3000; }))
        << "although no route has changed";
}

TEST_F(Dns, SeqIsEchoedOnlyWhereItWasSent)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1, 4000000000u)));
    GetRouteResponse body;
    const auto answer = peer.receive_frame();
    ASSERT_TRUE(answer && body.ParseFromString(answer->body));
    EXPECT_EQ(body.seq(), 4000000000u);
    EXPECT_EQ(body.host_size(), 1);
    EXPECT_EQ(body.SerializeAsString(), answer->body) << "fields must stand in order";
}

TEST_F(Dns, NonsenseIsDroppedAndABadLengthClosesOnlyThatConnection)
{
    ASSERT_TRUE(_dns.start());
    wire_peer good = connect();
    wire_peer bad = connect();
    ASSERT_TRUE(good.send_frame(ID_GetRouteRequest, "\x08"));
    ASSERT_TRUE(good.send_frame(99, "hello"));
    EXPECT_EQ(ask(good, 1, 1), "1,1: 192.168.1.177:7777");
    ASSERT_TRUE(bad.send_bytes(from_hex("01000000 ffffffff")));
    EXPECT_TRUE(bad.wait_eof());
    EXPECT_EQ(ask(good, 1, 1), "1,1: 192.168.1.177:7777");
    EXPECT_TRUE(_dns.process().wait_for_output("unknown message id 99"));
    EXPECT_TRUE(_dns.process().wait_for_output("no GetRouteRequest"));
}

TEST_F(Dns, Trap_D1_ChangeIsPushedToTheOneWhoAsked)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    change(insert(1, 1, "192.168.1.177:9999"), 1, 1);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 192.168.1.177:7777 192.168.1.177:9999");
    EXPECT_FALSE(peer.receive_frame(SHORT)) << "a change is pushed once";
}

// Asks for the modules (MODID,1) to (MODID,COUNT), and reads the answers.
void subscribe_to_many(wire_peer &peer, int modid, int count)
{
    const int batch = 1000;
    for (int first = 1; first <= count; first += batch) {
        const int end = std::min(first + batch, count + 1);
        std::string questions;
        for (int cmdid = first; cmdid < end; ++cmdid)
            questions += encode_frame(ID_GetRouteRequest, route_request(modid, cmdid));
        ASSERT_TRUE(peer.send_bytes(questions));
        for (int cmdid = first; cmdid < end; ++cmdid)
            ASSERT_TRUE(peer.receive_frame());
    }
}

TEST_F(Dns, MoreSubscriptionsThanAConnectionMayHaveAreToldAndStillAnswered)
{
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
                   " SELECT 9, seq, 1, 1 FROM seq_1_to_200001");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    subscribe_to_many(peer, 9, 200001);
    EXPECT_TRUE(_dns.process().wait_for_output("has subscribed to as many modules as it may"));
    EXPECT_EQ(ask(peer, 1, 1), "1,1: 192.168.1.177:7777");
}

TEST_F(Dns, ModulesThatDoNotExistTakeNoRealOnesSubscription)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    subscribe_to_many(peer, 9, 20000);
    change(insert(9, 1, "10.0.0.1:1"), 9, 1);
    change(insert(9, 20000, "10.0.0.2:1"), 9, 20000);
    EXPECT_EQ(route_text(peer.receive_frame()), "9,20000: 10.0.0.2:1") << "the first are forgotten";
    change(insert(1, 1, "10.0.0.3:1"), 1, 1);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.3:1 192.168.1.177:7777");
}

TEST_F(Dns, Trap_D2_EverySubscriberGetsTheChange)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peers[3] = {connect(), connect(), connect()};
    for (wire_peer &peer : peers)
        ask(peer, 1, 1);
    change(insert(1, 1, "10.0.0.1:1"), 1, 1);
    for (wire_peer &peer : peers)
        EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, Trap_D3_NewConnectionGetsNoForeignPush)
{
    _dns.set("reactor", "threadNum", "0");
    ASSERT_TRUE(_dns.start());
    wire_peer leaving = connect();
    ask(leaving, 1, 1);
    leaving.close();
    // With one thread the fd is free again by the time this one is answered twice.
    wire_peer between = connect();
    ask(between, 1, 2);
    wire_peer next = connect();
    EXPECT_EQ(ask(next, 5, 5), "5,5:");
    change(insert(1, 1, "10.0.0.1:1"), 1, 1);
    change(insert(5, 5, "10.0.0.5:5"), 5, 5);
    EXPECT_EQ(route_text(next.receive_frame()), "5,5: 10.0.0.5:5");
    EXPECT_FALSE(between.receive_frame(SHORT));
}

TEST_F(Dns, Trap_D5_IdsKeepAll32Bits)
{
    _database.exec(insert(1, 4294967295u, "10.0.0.1:1"));
    _database.exec(insert(2, 0, "10.0.0.2:2"));
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, -1), "1,-1: 10.0.0.1:1");
    EXPECT_EQ(ask(peer, 2, 0), "2,0: 10.0.0.2:2");
    EXPECT_EQ(ask(peer, 0, -1), "0,-1:");
}

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
    EXPECT_EQ(ask(again, 1, 1), "1,1: 10.0.0.1:1 10.0.0.2:2 192.168.1.177:7777");
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

TEST_F(Dns, WeightsComeFromTheSnapshotToo)
{
    _database.exec("UPDATE RouteData SET weight = 50 WHERE serverport = 7776;"
                   "UPDATE RouteData SET weight = 0 WHERE serverport = 7778");
    const std::string expected = "1,2: 192.168.1.178:7776@50 192.168.1.180:7779";
    for (const char *port : {"", "1"}) {
        // Port 1 is nobody's: the database is away then.
        if (*port)
            _dns.set("mysql", "db_port", port);
        ASSERT_TRUE(_dns.start());
        wire_peer peer = connect();
        EXPECT_EQ(ask(peer, 1, 2), expected);
        EXPECT_EQ(_dns.stop(), 0);
    }
}

TEST_F(Dns, StopsGracefullyInTheMiddleOfTraffic)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += encode_frame(ID_GetRouteRequest, route_request(1, 2));
    ASSERT_TRUE(peer.send_bytes(many));
    ASSERT_TRUE(peer.receive_frame());
    _dns.process().signal(SIGTERM);
    // Whole frames, then an orderly end.
    int answers = 1;
    while (const auto frame = peer.receive_frame()) {
        ASSERT_EQ(route_text(frame).substr(0, 4), "1,2:");
        ++answers;
    }
    EXPECT_TRUE(peer.at_eof());
    EXPECT_LE(answers, 1000);
    peer.close();
    EXPECT_EQ(_dns.process().wait_exit(), 0);
    EXPECT_TRUE(_dns.process().wait_for_output("stopped"));
}

TEST_F(Dns, ConfigurationIsReadAgain)
{
    _dns.set("dns", "reload_interval", "3600");
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    _dns.set("dns", "reload_interval", "abc");
    _dns.write_config();
    _dns.process().signal(SIGHUP);
    EXPECT_TRUE(_dns.process().wait_for_output("configuration stays as it was"));
    _dns.set("dns", "reload_interval", "1");
    _dns.write_config();
    _dns.process().signal(SIGHUP);
    EXPECT_TRUE(_dns.process().wait_for_output("configuration read again"));
    _database.exec(insert(1, 1, "10.0.0.1:1"));
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(Dns, AnotherSnapshotFileIsWrittenThoughNothingChanges)
{
    ASSERT_TRUE(_dns.start());
    const std::string other = _dns.folder().file("other");
    _dns.set("dns", "snapshot", other);
    _dns.write_config();
    _dns.process().signal(SIGHUP);
    EXPECT_TRUE(wait_until(
        [&] { return read_text(other).find("1 1 192.168.1.177:7777") != std::string::npos; }));
}

}  // namespace
}  // namespace lars
