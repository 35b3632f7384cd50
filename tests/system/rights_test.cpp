// docs/running.md says which rights in the database each program needs: no more
// than these are given here.
#include <gtest/gtest.h>

#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"
#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;
using words = std::vector<std::string>;

// A user of the database who has only the given rights, as long as this lives.
class limited_user {
public:
    limited_user(database &db, const std::vector<std::string> &rights)
        : _admin(database_server::shared().admin()), _options(db.options())
    {
        _options.user = db.name() + "_l";
        _options.password = "secret";
        EXPECT_TRUE(_admin.connect().ok());
        exec("CREATE USER " + account() + " IDENTIFIED BY 'secret'");
        for (const std::string &right : rights) {
            const size_t space = right.rfind(' ');
            exec("GRANT " + right.substr(0, space) + " ON " + db.name() + "." +
                 right.substr(space + 1) + " TO " + account());
        }
    }
    ~limited_user() { exec("DROP USER " + account()); }
    limited_user(const limited_user &) = delete;
    limited_user &operator=(const limited_user &) = delete;

    const db_options &options() const { return _options; }

private:
    std::string account() const { return "'" + _options.user + "'@'127.0.0.1'"; }
    void exec(const std::string &sql)
    {
        const status done = _admin.execute(sql);
        EXPECT_TRUE(done) << done.message();
    }

    db_client _admin;
    db_options _options;
};

TEST(Rights, DnsAndRouteToolNeedNoMoreThanIsSaid)
{
    database db;
    db.load(source_path("base/sql/sample.sql"));
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    limited_user reader(db, {"SELECT RouteData", "SELECT RouteVersion", "SELECT RouteChange",
                             "DELETE RouteChange"});
    dns_service dns(reader.options());
    dns.set("dns", "reload_interval", "1");
    ASSERT_TRUE(dns.start());
    EXPECT_TRUE(wait_until(
        [&] { return db.value("SELECT COUNT(*) FROM RouteChange WHERE version = 1") == "0"; }));

    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(dns.port()));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(9, 9)));
    EXPECT_EQ(route_text(peer.receive_frame()), "9,9:");
    EXPECT_EQ(dns.process().output().find("ERROR"), std::string::npos) << dns.process().output();

    const std::string rights = "SELECT, INSERT, UPDATE, DELETE ";
    database other;
    limited_user writer(other, {rights + "RouteData", rights + "RouteVersion",
                                rights + "RouteChange", "SELECT, INSERT RouteAudit"});
    running_service tool("lars_dns");
    tool.use_database(writer.options());
    const std::string conf = tool.write_config();
    for (const char *action : {"add", "del"}) {
        const run_result done =
            run(bin_path("lars_route"), {"-c", conf, action, "9", "9", "10.0.0.1:80"});
        EXPECT_EQ(done.exit_status, 0) << done.output;
        EXPECT_EQ(done.output.find("not recorded"), std::string::npos) << done.output;
    }
    EXPECT_EQ(other.value("SELECT COUNT(*) FROM RouteAudit"), "2");
    const std::string list = tool.write_config() + ".csv";
    for (const words &transfer : {words{"export", list},
                                  {"import", list, "--yes"},
                                  {"clear", "--yes"},
                                  {"import", list, "--yes"}}) {
        words arguments{"-c", conf};
        arguments.insert(arguments.end(), transfer.begin(), transfer.end());
        const run_result done = run(bin_path("lars_route"), arguments);
        EXPECT_EQ(done.exit_status, 0) << done.output;
        EXPECT_EQ(done.output.find("not recorded"), std::string::npos) << done.output;
    }
}

TEST(Rights, TheConsoleNeedsNoMoreThanIsSaid)
{
    const std::string rights = "SELECT, INSERT, UPDATE, DELETE ";
    const std::string lists = "SELECT, INSERT, DELETE ";
    database db;
    db.load(source_path("base/sql/sample.sql"));
    limited_user user(db, {rights + "RouteData", rights + "RouteVersion", rights + "RouteChange",
                           "SELECT, INSERT RouteAudit", "SELECT ServerCallStatus",
                           lists + "CallHistory", lists + "ModIDConfig", lists + "CmdIDConfig"});
    db.exec("INSERT INTO ServerCallStatus VALUES (1, 1, 1, 1, 1, 5, 0, UNIX_TIMESTAMP(), '0')");
    web_service web(user.options());
    web.use_token("change");
    ASSERT_TRUE(web.start());
    EXPECT_EQ(web.get("/api/v1/modules?q=1").status, 200);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", "shop"}}).status, 200);
    const std::string version = web.get("/api/v1/modules/1/1").body["version"];
    const json_reply changed = web.post(
        "/api/v1/modules/1/1/change", {{"version", version}, {"set", {{{"host", "10.0.0.1:80"}}}}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(web.get("/api/v1/audit").body["entries"].size(), 1u);
    EXPECT_EQ(web.post("/api/v1/routes/clear", {{"confirm", "clear"}}).status, 200);
    EXPECT_TRUE(wait_until([&] { return db.value("SELECT COUNT(*) FROM CallHistory") == "1"; }));
    EXPECT_EQ(web.get("/api/v1/services").body["complete"], true);
    EXPECT_EQ(web.process().output().find("WARN"), std::string::npos) << web.process().output();
}

// An account of before there was a record goes on changing routes.
TEST(Rights, WithoutARightToTheRecordChangesAreMadeAndSayThatTheyAreNotRecorded)
{
    const std::string rights = "SELECT, INSERT, UPDATE, DELETE ";
    database db;
    limited_user writer(db,
                        {rights + "RouteData", rights + "RouteVersion", rights + "RouteChange"});
    running_service tool("lars_dns");
    tool.use_database(writer.options());
    const run_result done =
        run(bin_path("lars_route"), {"-c", tool.write_config(), "add", "9", "9", "10.0.0.1:80"});
    EXPECT_EQ(done.exit_status, 0) << done.output;
    EXPECT_NE(done.output.find("the change is made, and not recorded"), std::string::npos)
        << done.output;
    EXPECT_NE(done.output.find("running.md in the documentation lists them"), std::string::npos)
        << done.output;
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData"), "1");
}

TEST(Rights, DnsWithoutDeleteServesAndSaysOnceThatRowsStay)
{
    database db;
    db.load(source_path("base/sql/sample.sql"));
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1)");
    limited_user reader(db, {"SELECT RouteData", "SELECT RouteVersion", "SELECT RouteChange"});
    dns_service dns(reader.options());
    ASSERT_TRUE(dns.start());
    EXPECT_TRUE(dns.process().wait_for_output("old RouteChange rows stay"));
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(dns.port()));
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, route_request(1, 1)));
    EXPECT_EQ(route_text(peer.receive_frame()), "1,1: 192.168.1.177:7777");
}

TEST(Rights, ReporterNeedsNoMoreThanIsSaid)
{
    database db;
    limited_user writer(db, {"SELECT, INSERT, UPDATE ServerCallStatus"});
    reporter_service reporter(writer.options());
    ASSERT_TRUE(reporter.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(reporter.port()));
    const std::string golden =
        from_hex("0801100118818080f807221408b183a085fcffffffff0110e13c18642003280128f4b48aee05");
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(peer.send_frame(3, golden));
        EXPECT_TRUE(wait_until([&] {
            return db.value("SELECT COUNT(*) FROM ServerCallStatus WHERE succ_cnt = 100") == "1";
        }));
        db.exec("UPDATE ServerCallStatus SET succ_cnt = 0");
    }
}

}  // namespace
}  // namespace lars
