// The dns, the reporter and lars_route with a server whose settings are nobody's usual ones.
#include <gtest/gtest.h>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

class ServerSettings : public testing::Test {
protected:
    void SetUp() override
    {
        _server.set_arguments(
            {"--autocommit=0", "--completion-type=2", "--transaction-isolation=READ-UNCOMMITTED",
             "--default-time-zone=+12:00",
             "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,"
             "NO_UNSIGNED_SUBTRACTION,HIGH_NOT_PRECEDENCE,NO_AUTO_VALUE_ON_ZERO,"
             "PAD_CHAR_TO_FULL_LENGTH,SIMULTANEOUS_ASSIGNMENT",
             "--lower-case-table-names=1", "--character-set-server=ucs2",
             "--collation-server=ucs2_turkish_ci", "--skip-character-set-client-handshake",
             "--auto-increment-increment=7", "--auto-increment-offset=3"});
        const status started = _server.start();
        ASSERT_TRUE(started) << started.message();
        db_client admin(_server.admin());
        ASSERT_TRUE(admin.connect());
        ASSERT_TRUE(admin.execute("SET GLOBAL sql_select_limit = 2, GLOBAL max_join_size = 1,"
                                  " GLOBAL sql_safe_updates = 1"));
        _database.emplace(_server);
        _database->load(source_path("base/sql/sample.sql"));
    }
    std::string route(running_service &dns, const std::vector<std::string> &command)
    {
        std::vector<std::string> arguments = {"-c", dns.write_config()};
        arguments.insert(arguments.end(), command.begin(), command.end());
        const run_result done = run(bin_path("lars_route"), arguments);
        EXPECT_EQ(done.exit_status, 0) << done.output;
        return done.output;
    }

    database_server _server;
    std::optional<database> _database;
};

TEST_F(ServerSettings, DoNotChangeWhatIsServed)
{
    dns_service dns(_database->options());
    dns.set("dns", "reload_interval", "1");
    ASSERT_TRUE(dns.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(dns.port()));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 2)));
    EXPECT_EQ(route_text(peer.receive_frame()),
              "1,2: 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779");
    route(dns, {"add", "1", "2", "10.0.0.1:80"});
    EXPECT_EQ(route_text(peer.receive_frame()),
              "1,2: 10.0.0.1:80 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779");
    route(dns, {"del", "1", "2", "192.168.1.178:7776", "192.168.1.179:7778"});
    EXPECT_EQ(route_text(peer.receive_frame()), "1,2: 10.0.0.1:80 192.168.1.180:7779");
    EXPECT_EQ(route(dns, {"list"}),
              "1 1 192.168.1.177:7777\n1 2 10.0.0.1:80\n1 2 192.168.1.180:7779\n");
    // Rows of before are deleted too.
    _database->exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (9, 9, 1)");
    EXPECT_TRUE(wait_until([&] {
        return _database->value("SELECT COUNT(*) FROM RouteChange WHERE version = 1") == "0";
    }));
    route(dns, {"clear", "--yes"});
    EXPECT_EQ(route_text(peer.receive_frame()), "1,2:");
    const std::string log = dns.process().output();
    EXPECT_EQ(log.find("ERROR"), std::string::npos) << log;
    EXPECT_EQ(log.find("WARN"), std::string::npos) << log;
}

TEST_F(ServerSettings, DoNotChangeWhatIsStored)
{
    reporter_service reporter(_database->options());
    ASSERT_TRUE(reporter.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(reporter.port()));
    for (uint32_t ts : {2000u, 1000u}) {
        ReportStatusRequest body;
        body.set_modid(-1);
        body.set_cmdid(2);
        body.set_caller(0x7f000001);
        body.set_ts(ts);
        body.set_seq(ts == 2000 ? 1 : 2);
        HostCallResult *result = body.add_results();
        result->set_ip(static_cast<int32_t>(0xc0a80101));
        result->set_port(80);
        result->set_succ(ts);
        result->set_overload(ts == 2000);
        ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, body.SerializeAsString()));
        // One batch each: the older one must not change the stored one.
        ReportStatusResponse answer;
        while (answer.stored() < body.seq()) {
            const auto frame = peer.receive_frame();
            ASSERT_TRUE(frame && answer.ParseFromString(frame->body));
        }
    }
    EXPECT_EQ(_database->value("SELECT CONCAT_WS(' ', modid, cmdid, ip, port, caller, succ_cnt,"
                               " err_cnt, ts, overload) FROM ServerCallStatus"),
              "-1 2 3232235777 80 2130706433 2000 0 2000 1");
    const std::string log = reporter.process().output();
    EXPECT_EQ(log.find("ERROR"), std::string::npos) << log;
}

}  // namespace
}  // namespace lars
