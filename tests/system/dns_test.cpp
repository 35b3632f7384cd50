// lars_dns as a process, with a real database and peers that speak the wire
// contract on their own.
#include "dns_fixture.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

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
