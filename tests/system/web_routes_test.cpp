// Export, import, clearing and accepting of all routes by the console.
#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

constexpr const char *SAMPLE_CSV = "modid,cmdid,host,port,weight\n"
                                   "1,1,192.168.1.177,7777,100\n"
                                   "1,2,192.168.1.178,7776,100\n"
                                   "1,2,192.168.1.179,7778,100\n"
                                   "1,2,192.168.1.180,7779,100\n";

class WebRoutes : public WebTest {
protected:
    WebRoutes()
    {
        web.use_token("change");
        EXPECT_TRUE(web.start());
    }

    std::string exported(const std::string &format)
    {
        const auto answer = web.client().Get("/api/v1/routes?format=" + format);
        return answer ? answer->body : "";
    }
    json_reply import(const std::string &text, const std::string &how)
    {
        return web.post("/api/v1/routes/import?format=csv&" + how, text);
    }
};

TEST_F(WebRoutes, AreExported)
{
    EXPECT_EQ(exported("csv"), SAMPLE_CSV);
    const json all = json::parse(exported("json"));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1]["hosts"][2], json::parse(R"({"host": "192.168.1.180:7779", "weight": 100})"));
    EXPECT_EQ(web.get("/api/v1/routes?format=xml").status, 400);
}

TEST_F(WebRoutes, AreImportedAfterAPreview)
{
    const std::string text = "modid,cmdid,host,port,weight\n1,1,192.168.1.177,7777,20\n"
                             "3,4,10.0.0.1,80,100\n";
    const json_reply preview = import(text, "preview=1");
    ASSERT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(preview.body["applied"], false);
    EXPECT_EQ(preview.body["modules"], 3);
    EXPECT_EQ(preview.body["changes"][2],
              json::parse(R"({"module": [3, 4], "before": "", "after": "10.0.0.1:80@100"})"));
    EXPECT_EQ(exported("csv"), SAMPLE_CSV);
    const std::string version = preview.body["version"];
    EXPECT_EQ(import(text, "note=x").status, 400) << "without the preview's version";
    const json_reply done = import(text, "version=" + version + "&note=new%20year");
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.body["applied"], true);
    EXPECT_EQ(exported("csv"), text);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteAudit WHERE action = 'import'"
                       " AND note = 'new year'"),
              "3");
}

TEST_F(WebRoutes, AnImportOverSomebodysChangeIsAConflict)
{
    const std::string text = "modid,cmdid,host,port\n3,4,10.0.0.1,80\n";
    const std::string version = import(text, "preview=1").body["version"];
    db.exec("UPDATE RouteData SET weight = 3 WHERE serverport = 7777");
    EXPECT_EQ(import(text, "version=" + version).status, 409);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData"), "4");
}

TEST_F(WebRoutes, ABadListIsRefusedWithTheLine)
{
    const json_reply reply =
        import("modid,cmdid,host,port\n1,1,10.0.0.1,80\n1,1,10.0.0,80\n", "preview=1");
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.dump().find("line 3"), std::string::npos) << reply.body;
    EXPECT_EQ(web.post("/api/v1/routes/import?format=json&preview=1", std::string("[")).status,
              400);
    EXPECT_EQ(exported("csv"), SAMPLE_CSV);
}

// More than other requests may have, and whole.
TEST_F(WebRoutes, ALargeListIsImported)
{
    std::string text = "modid,cmdid,host,port,weight\n";
    for (int i = 0; i < 20000; ++i)
        text += "5," + std::to_string(i) + ",10.0.0.1,80,100\n";
    const json_reply preview = import(text, "preview=1");
    ASSERT_EQ(preview.status, 200) << preview.body;
    const json_reply done = import(text, "version=" + preview.body["version"].get<std::string>());
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.body["modules"], 20002);
    EXPECT_EQ(done.body["changes"].size(), 200u) << "those that are shown";
    EXPECT_EQ(exported("csv"), text);
}

TEST_F(WebRoutes, AreClearedByWhoConfirms)
{
    EXPECT_EQ(web.post("/api/v1/routes/clear", json::object()).status, 400);
    EXPECT_EQ(web.post("/api/v1/routes/clear", {{"confirm", "yes"}}).status, 400);
    EXPECT_EQ(web.post("/api/v1/routes/clear", {{"confirm", 5}}).status, 400);
    EXPECT_EQ(exported("csv"), SAMPLE_CSV);
    const json_reply done =
        web.post("/api/v1/routes/clear", {{"confirm", "clear"}, {"note", "the end"}});
    ASSERT_EQ(done.status, 200);
    EXPECT_EQ(done.body, json({{"modules", 2}, {"hosts", 4}}));
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(WebRoutes, AreClearedAsTheyWereSeen)
{
    // A row that is no route goes as well.
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (9, 9, 1, 70000)");
    const json_reply seen = web.post("/api/v1/routes/clear?preview=1", json::object());
    ASSERT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(seen.body["modules"], 3);
    EXPECT_EQ(seen.body["hosts"], 5);
    json body = {{"confirm", "clear"}, {"version", seen.body["version"]}};
    db.exec("UPDATE RouteData SET weight = 3 WHERE serverport = 7777");
    const json_reply refused = web.post("/api/v1/routes/clear", body);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.error(), "conflict");
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData"), "5");
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteAudit"), "0");
    body["version"] = web.post("/api/v1/routes/clear?preview=1", json::object()).body["version"];
    EXPECT_EQ(web.post("/api/v1/routes/clear", body).status, 200);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(WebRoutes, AreAccepted)
{
    const json_reply done = web.post("/api/v1/routes/accept", {{"note", "it is meant so"}});
    ASSERT_EQ(done.status, 200);
    EXPECT_EQ(done.body, json({{"modules", 2}, {"hosts", 4}}));
    EXPECT_EQ(web.post("/api/v1/routes/accept", std::string("x")).status, 400);
    EXPECT_EQ(db.value("SELECT note FROM RouteAudit WHERE action = 'accept'"), "it is meant so");
}

TEST_F(WebRoutes, AreNobodysWithoutTheRight)
{
    web_service stranger(db.options());
    stranger.use_token("read");
    ASSERT_TRUE(stranger.start());
    for (const char *what : {"import?format=csv&preview=1", "clear", "accept"})
        EXPECT_EQ(stranger.post(std::string("/api/v1/routes/") + what, json::object()).status, 403);
}

}  // namespace
}  // namespace lars
