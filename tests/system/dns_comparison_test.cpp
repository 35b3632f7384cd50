// lars_dns compares its table with the database, and waits for nothing meanwhile.
#include "dns_fixture.h"
#include "route_gate.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

constexpr const char *SAMPLE = "1,1: 192.168.1.177:7777";

class DnsComparison : public Dns {
protected:
    void SetUp() override
    {
        Dns::SetUp();
        _gate.emplace(&_database);
        _dns.set("dns", "reload_interval", "1");
    }

    // Of the module, before anybody hears of it.
    static std::string insert(int modid, const std::string &address)
    {
        return "INSERT INTO RouteRows (modid, cmdid, serverip, serverport) VALUES (" +
               std::to_string(modid) + ", 1, " + std::to_string(host(address).ip) + ", " +
               std::to_string(host(address).port) + ")";
    }
    // From when this returns a comparison is under way until the gate is opened.
    void hold_a_comparison()
    {
        _gate->close();
        ASSERT_TRUE(_gate->holds_somebody());
    }

    void add_ten_modules()
    {
        _database.exec("INSERT INTO RouteRows (modid, cmdid, serverip, serverport)"
                       " SELECT 7, seq, 1, 80 FROM seq_1_to_10");
    }

    std::optional<route_gate> _gate;
};

TEST_F(DnsComparison, AChangeThatIsAnnouncedIsPushedWhileAComparisonIsHeldUp)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), SAMPLE);
    hold_a_comparison();
    for (const std::string address : {"10.0.0.1:1", "10.0.0.2:2"}) {
        change(insert(1, address), 1, 1);
        ASSERT_TRUE(peer.send_frame(ID_RouteHint, ""));
        const std::string pushed = route_text(peer.receive_frame());
        EXPECT_NE(pushed.find(address), std::string::npos) << pushed;
    }
    EXPECT_EQ(_gate->waiting(), 1) << "it is under way still, and no other was begun";
    _gate->open();
    // What it has found is old by now, and takes nothing back.
    EXPECT_FALSE(peer.receive_frame(SHORT));
    EXPECT_EQ(ask(peer, 1, 1), "1,1: 10.0.0.1:1 10.0.0.2:2 192.168.1.177:7777");
}

TEST_F(DnsComparison, AChangeOfWhichNobodyTellsIsFoundBeside)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), SAMPLE);
    EXPECT_EQ(ask(peer, 5, 1), "5,1:");
    hold_a_comparison();
    // This one may have read the rows already; the next one has not.
    _database.exec(insert(5, "10.0.0.5:5"));
    change(insert(1, "10.0.0.1:1"), 1, 1);
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
    _gate->open();
    EXPECT_EQ(route_text(peer.receive_frame()), "5,1: 10.0.0.5:5");
}

TEST_F(DnsComparison, MostModulesThatItFindsToBeGoneAreServedOn)
{
    add_ten_modules();
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 7, 9), "7,9: 0.0.0.1:80");
    hold_a_comparison();
    _database.exec("DELETE FROM RouteRows WHERE modid = 7");
    // Nobody but a comparison can find that.
    EXPECT_FALSE(peer.receive_frame(SHORT));
    _gate->open();
    ASSERT_TRUE(_dns.process().wait_for_output(
        "10 of 13 modules are gone, and no RouteChange row names them"));
    EXPECT_EQ(ask(peer, 7, 9), "7,9: 0.0.0.1:80");
    _database.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (7, 9, 1)");
    EXPECT_EQ(route_text(peer.receive_frame()), "7,9:");
    EXPECT_EQ(ask(peer, 7, 8), "7,8: 0.0.0.1:80");
}

TEST_F(DnsComparison, OneThatBeganBeforeADoubtDoesNotEndIt)
{
    add_ten_modules();
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), SAMPLE);
    hold_a_comparison();
    // It has all rows still. The version alone makes who serves read everything himself.
    _database.exec("BEGIN; DELETE FROM RouteRows WHERE modid = 7; UPDATE RouteVersion SET version "
                   "= 1; COMMIT");
    ASSERT_TRUE(wait_until([this] { return _gate->waiting() == 2; }));
    _gate->open();
    ASSERT_TRUE(_dns.process().wait_for_output("RouteVersion went back from"));
    // Beside the dns there are the gate's and the one that asks.
    ASSERT_TRUE(wait_until([this] {
        return _database.value("SELECT COUNT(*) FROM information_schema.processlist"
                               " WHERE db = DATABASE()") == "3";
    }));
    _database.exec(insert(1, "10.0.0.1:1") +
                   "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
    const std::string log = _dns.process().output();
    EXPECT_EQ(log.find("believed again"), std::string::npos) << log;
    EXPECT_EQ(ask(peer, 7, 9), "7,9: 0.0.0.1:80");
}

TEST_F(DnsComparison, ItHoldsUpNoEnd)
{
    ASSERT_TRUE(_dns.start());
    hold_a_comparison();
    EXPECT_EQ(_dns.process().terminate(milliseconds(2000)), 0);
    const std::string log = _dns.process().output();
    EXPECT_EQ(log.find("ERROR"), std::string::npos) << log;
    EXPECT_EQ(log.find("compared"), std::string::npos) << log;
    _gate->open();
}

TEST_F(DnsComparison, NewOptionsDropTheOneThatIsUnderWay)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), SAMPLE);
    hold_a_comparison();
    const std::string first = _gate->waits();
    _dns.set("dns", "reload_interval", "2");
    _dns.write_config();
    _dns.process().signal(SIGHUP);
    // With new options all is read by who serves, and so nothing is served before.
    ASSERT_TRUE(wait_until([&] { return _gate->waits() != first && _gate->waiting() == 1; }));
    _database.exec(insert(1, "10.0.0.1:1"));
    _gate->open();
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
}

TEST_F(DnsComparison, OneThatFailsIsToldOnceAndTriedAgainAndPollingGoesOn)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    EXPECT_EQ(ask(peer, 1, 1), SAMPLE);
    db_client admin(database_server::shared().admin());
    ASSERT_TRUE(admin.connect());
    hold_a_comparison();
    _database.exec(insert(1, "10.0.0.1:1"));
    for (int failure = 0; failure < 2; ++failure) {
        ASSERT_TRUE(_gate->holds_somebody());
        ASSERT_TRUE(admin.execute("KILL " + _gate->waits()));
        ASSERT_TRUE(_dns.process().wait_for_output("cannot be compared with the database: "));
        ASSERT_TRUE(wait_until([&] { return _gate->waiting() == 0; }));
    }
    _gate->open();
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 10.0.0.1:1 192.168.1.177:7777");
    const std::string log = _dns.process().output();
    EXPECT_EQ(log.find("cannot be compared"), log.rfind("cannot be compared")) << log;
    EXPECT_EQ(log.find("is back"), std::string::npos) << log;
}

}  // namespace
}  // namespace lars
