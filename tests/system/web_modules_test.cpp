// What the console's JSON interface says of modules.
#include <future>

#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class WebModules : public WebTest {
protected:
    WebModules() { EXPECT_TRUE(web.start()); }

    std::string state_of(const std::string &module, size_t host)
    {
        return web.get("/api/v1/modules/" + module).body["hosts"][host]["state"];
    }
};

TEST_F(WebModules, AreListedInOrderWithTheirHosts)
{
    const json_reply list = web.get("/api/v1/modules");
    ASSERT_EQ(list.status, 200);
    EXPECT_EQ(modules_in(list), "1,1 1,2");
    EXPECT_EQ(list.body["total"], 2);
    EXPECT_TRUE(list.body["next"].is_null());
    const json hosts = list.body["modules"][1]["hosts"];
    ASSERT_EQ(hosts.size(), 3u);
    EXPECT_EQ(hosts[0]["host"], "192.168.1.178:7776");
    EXPECT_EQ(hosts[0]["weight"], 100);
    EXPECT_EQ(hosts[0]["state"], "unknown");
}

TEST_F(WebModules, ComeInPagesThatMissNone)
{
    for (int i = 0; i < 7; ++i)
        db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (4294967295, " +
                std::to_string(i) + ", 167772161, 80)");
    std::string seen, after;
    for (int page = 0; page < 5; ++page) {
        const json_reply list = web.get("/api/v1/modules?limit=4&after=" + after);
        ASSERT_EQ(list.status, 200);
        EXPECT_EQ(list.body["total"], 9);
        seen += modules_in(list) + ";";
        if (list.body["next"].is_null())
            break;
        after = list.body["next"];
    }
    EXPECT_EQ(seen, "1,1 1,2 -1,0 -1,1;-1,2 -1,3 -1,4 -1,5;-1,6;");
}

TEST_F(WebModules, AreFoundByIdAndByName)
{
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport)"
            " VALUES (7, 2, 167772161, 80)");
    ASSERT_EQ(web.get("/api/v1/modules?q=7").status, 200);
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=7")), "7,2");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=2")), "1,2 7,2");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=1%202")), "1,2");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=1,%202")), "1,2");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=1,9")), "");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=%25")), "") << "a sign of LIKE's means itself";
    db.exec("INSERT INTO ModIDConfig (modid, content) VALUES (7, 'Payments')");
    db.exec("INSERT INTO CmdIDConfig (cmdid, content) VALUES (1, 'o''brien \\\\ %')");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=payment")), "7,2");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=o%27brien%20%5C%20%25")), "1,1");
    EXPECT_EQ(modules_in(web.get("/api/v1/modules?q=%27%20OR%201=1%20--%20")), "");
    EXPECT_EQ(web.get("/api/v1/modules/7/2").body["names"][0], "Payments");
}

TEST_F(WebModules, ShowHostsAsMostOfTheirCallersSeeThem)
{
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 90, 10, false);
    report("1,2", "192.168.1.178:7776", "10.0.0.2", 50, 0, true);
    report("1,2", "192.168.1.179:7778", "10.0.0.1", 0, 7, true);
    report("1,2", "192.168.1.180:7779", "10.0.0.1", 5, 0, false, 3600);
    const json body = web.get("/api/v1/modules/1/2").body;
    EXPECT_EQ(body["hosts"][0]["state"], "healthy") << "half of its callers is not most";
    EXPECT_EQ(body["hosts"][0]["callers"], 2);
    EXPECT_EQ(body["hosts"][0]["overloaded_by"], 1);
    EXPECT_EQ(body["hosts"][0]["calls"], 150);
    EXPECT_EQ(body["hosts"][0]["failures"], 10);
    EXPECT_EQ(body["hosts"][1]["state"], "overloaded");
    EXPECT_EQ(body["hosts"][2]["state"], "unknown");
    EXPECT_EQ(body["calls"], 157);
    EXPECT_EQ(body["failures"], 17);
    EXPECT_EQ(body["callers"].size(), 4u);
    EXPECT_TRUE(body["hosts"][2]["ts"].is_number());
    db.exec("UPDATE RouteData SET weight = 0 WHERE serverport = 7778");
    EXPECT_EQ(state_of("1/2", 1), "drained");
}

TEST_F(WebModules, WithoutARouteAreShownEmpty)
{
    const json_reply reply = web.get("/api/v1/modules/5/-6");
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body["hosts"], json::array());
    EXPECT_EQ(reply.body["module"], json({5, -6}));
    EXPECT_EQ(web.get("/api/v1/modules/5/4294967290").body["module"], json({5, -6}));
}

TEST_F(WebModules, HaveAVersionThatFollowsTheirHosts)
{
    const auto version = [this] {
        return web.get("/api/v1/modules/1/2").body["version"].get<std::string>();
    };
    const std::string before = version();
    EXPECT_EQ(version(), before);
    db.exec("UPDATE RouteData SET weight = 99 WHERE serverport = 7778");
    EXPECT_NE(version(), before);
    db.exec("UPDATE RouteData SET weight = 100 WHERE serverport = 7778");
    EXPECT_EQ(version(), before);
}

TEST_F(WebModules, AreSampledIntoAHistory)
{
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 90, 10, false);
    report("1,2", "192.168.1.179:7778", "10.0.0.1", 40, 0, false);
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 1, 0, false, 3600);
    // At its start, and then each minute.
    ASSERT_TRUE(web.stop());
    db.exec("DELETE FROM CallHistory");
    ASSERT_TRUE(web.start());
    ASSERT_TRUE(wait_until([this] { return db.value("SELECT COUNT(*) FROM CallHistory") == "1"; }));
    EXPECT_EQ(db.query("SELECT modid, cmdid, calls, failures FROM CallHistory")[0],
              (std::vector<std::string>{"1", "2", "140", "10"}));
    db.exec("INSERT INTO CallHistory (ts, modid, cmdid, calls, failures) VALUES"
            " (UNIX_TIMESTAMP() - 7200, 1, 2, 1000, 7)");
    ASSERT_TRUE(web.stop());
    ASSERT_TRUE(web.start());
    const json body = web.get("/api/v1/modules/1/2").body;
    ASSERT_EQ(body["history"]["hour"].size(), 1u) << body["history"];
    EXPECT_EQ(body["history"]["hour"][0][1], 140);
    EXPECT_EQ(body["history"]["day"].size(), 2u);
    EXPECT_EQ(body["spark_hour"].size(), 60u);
    EXPECT_EQ(body["spark_day"].size(), 96u);
}

TEST_F(WebModules, ForgetSamplesThatAreTooOld)
{
    db.exec("INSERT INTO CallHistory (ts, modid, cmdid, calls, failures) VALUES"
            " (UNIX_TIMESTAMP() - 200000, 1, 2, 1, 0), (UNIX_TIMESTAMP() - 100000, 1, 2, 2, 0)");
    ASSERT_TRUE(web.stop());
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(
        wait_until([this] { return db.value("SELECT SUM(calls) FROM CallHistory") == "2"; }));
}

TEST_F(WebModules, HaveNamesThatAreEdited)
{
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", "x"}}).status, 401);
    web.use_token("read");
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", "x"}}).status, 403);
    web.use_token("change");
    const std::string name = "<b>it's \\ \"支付\"</b>";
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", name}}).status, 200);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", name + "2"}}).status, 200);
    EXPECT_EQ(web.get("/api/v1/modules/1/2").body["names"][0], name + "2");
    EXPECT_EQ(web.put("/api/v1/names/cmdid/-1", {{"name", std::string(255, 'x')}}).status, 200);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", ""}}).status, 200);
    EXPECT_TRUE(web.get("/api/v1/modules/1/2").body["names"][0].is_null());
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ModIDConfig"), "0");
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", std::string(256, 'x')}}).status, 400);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", 5}}).status, 400);
    EXPECT_EQ(web.put("/api/v1/names/modid/one", {{"name", "x"}}).status, 400);
    EXPECT_EQ(web.put("/api/v1/names/host/1", {{"name", "x"}}).status, 404);
}

// Of two people who name the same id the second one is told.
TEST_F(WebModules, ANameIsChangedByWhoHasSeenIt)
{
    web.use_token("change");
    ASSERT_TRUE(web.start());
    const auto name = [this](const std::string &fresh, const std::string &was) {
        return web.put("/api/v1/names/modid/1", {{"name", fresh}, {"was", was}});
    };
    EXPECT_EQ(name("shop", "").status, 200);
    const json_reply refused = name("store", "");
    ASSERT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(refused.error(), "conflict");
    EXPECT_EQ(refused.body["name"], "shop");
    EXPECT_EQ(name("shop", "").status, 200) << "it is so already";
    EXPECT_EQ(web.get("/api/v1/modules/1/2").body["names"][0], "shop");
    EXPECT_EQ(name("store", "shop").status, 200);
    EXPECT_EQ(name("", "store").status, 200);
    EXPECT_EQ(name("store", "store").status, 409);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", "x"}, {"was", 5}}).status, 400);
    EXPECT_EQ(web.put("/api/v1/names/modid/1", {{"name", "x"}, {"is", "y"}}).status, 400);

    std::vector<std::future<int>> tries;
    for (int i = 0; i < 8; ++i)
        tries.push_back(std::async(std::launch::async,
                                   [&, i] { return name("shop" + std::to_string(i), "").status; }));
    int made = 0;
    for (auto &one : tries) {
        const int status = one.get();
        made += status == 200;
        EXPECT_TRUE(status == 200 || status == 409) << status;
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM ModIDConfig"), "1");
}

TEST_F(WebModules, BadQuestionsAreToldSo)
{
    for (const char *path :
         {"/api/v1/modules?limit=0", "/api/v1/modules?limit=201", "/api/v1/modules?limit=x",
          "/api/v1/modules?after=5", "/api/v1/modules/1/x", "/api/v1/modules/4294967296/1",
          "/api/v1/modules/-2147483649/1", "/api/v1/modules/1/2%27", "/api/v1/sd/prometheus/a/b"}) {
        const json_reply reply = web.get(path);
        EXPECT_EQ(reply.status, 400) << path;
        EXPECT_EQ(reply.error(), "bad_request") << path;
    }
    EXPECT_EQ(web.get("/api/v1/modules/1").status, 404);
}

// Until it is back: a clear answer, the pages, and then all as before.
TEST(WebWithoutDatabase, SaysSoAndGoesOn)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database db(server);
    web_service web(db.options());
    ASSERT_TRUE(web.start());
    EXPECT_EQ(web.get("/api/v1/modules").status, 200);
    ASSERT_TRUE(server.stop());
    EXPECT_TRUE(wait_until([&] { return web.get("/api/v1/modules").status == 503; }));
    EXPECT_EQ(web.get("/api/v1/modules").error(), "database_away");
    EXPECT_EQ(web.get("/api/v1/status").body["database"]["alive"], false);
    EXPECT_EQ(web.get("/api/v1/services").status, 200);
    EXPECT_EQ(web.client().Get("/")->status, 200);
    const auto alarms = [&web] { return web.get("/api/v1/alarms").body; };
    ASSERT_TRUE(
        wait_until([&] { return alarms()["active"].size() == 1; }, std::chrono::seconds(30)))
        << "after ten seconds";
    const json alarm = alarms()["active"][0];
    EXPECT_EQ(alarm["rule"], "database_away");
    EXPECT_EQ(alarm["subject"], "database");
    EXPECT_NE(alarm["text"].get<std::string>().find("the database cannot be read: "),
              std::string::npos);
    ASSERT_TRUE(server.start());
    EXPECT_TRUE(wait_until([&] { return web.get("/api/v1/modules").status == 200; }));
    EXPECT_TRUE(wait_until([&] { return alarms()["active"].empty(); }));
    EXPECT_EQ(alarms()["past"].size(), 1u);
}

}  // namespace
}  // namespace lars
