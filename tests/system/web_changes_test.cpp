// How routes are changed by the console: each change is whole, recorded, and nobody's change
// is lost.
#include <future>

#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class WebChanges : public WebTest {
protected:
    WebChanges()
    {
        web.use_token("change");
        EXPECT_TRUE(web.start());
    }

    std::string version(const std::string &module)
    {
        return web.get("/api/v1/modules/" + module).body["version"];
    }
    // The module's rows, "ip:port@weight" in order.
    std::string route(int modid, int cmdid)
    {
        std::string text;
        for (const auto &row :
             db.query("SELECT CONCAT(INET_NTOA(serverip), ':', serverport, '@', weight)"
                      " FROM RouteData WHERE modid = " +
                      std::to_string(modid) + " AND cmdid = " + std::to_string(cmdid) +
                      " ORDER BY serverip, serverport"))
            text += (text.empty() ? "" : " ") + row[0];
        return text;
    }
    json_reply change(const std::string &module, json body)
    {
        if (!body.contains("version"))
            body["version"] = version(module);
        return web.post("/api/v1/modules/" + module + "/change", body);
    }
    json_reply undo(const std::string &module)
    {
        return web.post("/api/v1/modules/" + module + "/undo", {{"version", version(module)}});
    }
    // "who action before > after note" of the newest entries.
    std::string audit(size_t most)
    {
        std::string text;
        const json entries = web.get("/api/v1/audit?limit=" + std::to_string(most)).body["entries"];
        for (const json &one : entries)
            text += one["who"].get<std::string>() + " " + one["module"].dump() + " " +
                    one["action"].get<std::string>() + " " + one["before"].get<std::string>() +
                    " > " + one["after"].get<std::string>() + " " + one["note"].get<std::string>() +
                    "\n";
        return text;
    }
    // Since the sample was loaded.
    std::string changes_noted()
    {
        return db.value("SELECT COUNT(*) FROM RouteChange WHERE id > " + _noted_before);
    }

    static constexpr const char *SAMPLE = "192.168.1.177:7777@100";

private:
    std::string _noted_before = db.value("SELECT MAX(id) FROM RouteChange");
};

TEST_F(WebChanges, AHostIsAddedWithANote)
{
    const json_reply reply = change(
        "1/1", {{"set", {{{"host", "10.0.0.1:80"}, {"weight", 50}}}}, {"note", "more room"}});
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.body["applied"], true);
    EXPECT_EQ(reply.body["version"], version("1/1"));
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@50 192.168.1.177:7777@100");
    EXPECT_EQ(changes_noted(), "1");
    EXPECT_EQ(audit(9), "test-change [1,1] add 192.168.1.177:7777@100 >"
                        " 10.0.0.1:80@50,192.168.1.177:7777@100 more room\n");
}

TEST_F(WebChanges, APreviewSaysWhatWillChangeAndChangesNothing)
{
    const json_reply reply = change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}},
                                            {"remove", {"192.168.1.177:7777"}},
                                            {"preview", true}});
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body["applied"], false);
    EXPECT_EQ(reply.body["changes"], json::parse(R"([{"module": [1, 1],
        "before": [{"host": "192.168.1.177:7777", "weight": 100}],
        "after": [{"host": "10.0.0.1:80", "weight": 100}]}])"));
    EXPECT_EQ(route(1, 1), SAMPLE);
    EXPECT_EQ(changes_noted(), "0");
    EXPECT_EQ(audit(9), "");
}

TEST_F(WebChanges, HostsAreWeighedDrainedAndRemoved)
{
    EXPECT_EQ(change("1/2", {{"set", {{{"host", "192.168.1.178:7776"}, {"weight", 0}}}}}).status,
              200);
    EXPECT_EQ(change("1/2", {{"set", {{{"host", "192.168.1.178:7776"}, {"weight", 7}}}}}).status,
              200);
    EXPECT_EQ(change("1/2", {{"set", {{{"host", "192.168.1.178:7776"}, {"weight", 8}}}}}).status,
              200);
    EXPECT_EQ(change("1/2", {{"remove", {"192.168.1.179:7778", "192.168.1.178:7776"}}}).status,
              200);
    EXPECT_EQ(route(1, 2), "192.168.1.180:7779@100");
    EXPECT_EQ(change("1/2", {{"remove", {"192.168.1.180:7779"}}}).status, 200);
    EXPECT_EQ(route(1, 2), "");
    std::string actions;
    for (const auto &row : db.query("SELECT action FROM RouteAudit ORDER BY id"))
        actions += row[0] + " ";
    EXPECT_EQ(actions, "drain undrain weight del del ");
}

TEST_F(WebChanges, ANewModuleBeginsWithItsFirstHost)
{
    EXPECT_EQ(change("-5/8", {{"set", {{{"host", "10.0.0.1:80"}}}}}).status, 200);
    EXPECT_EQ(db.value("SELECT modid FROM RouteData WHERE cmdid = 8"), "4294967291");
}

TEST_F(WebChanges, WhoHasSeenOtherHostsGetsAConflict)
{
    const std::string seen = version("1/1");
    ASSERT_EQ(change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}}}).status, 200);
    const json_reply reply =
        change("1/1", {{"version", seen}, {"set", {{{"host", "10.0.0.2:80"}}}}});
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.error(), "conflict");
    EXPECT_EQ(reply.body["version"], version("1/1"));
    EXPECT_EQ(reply.body["hosts"].size(), 2u);
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@100 192.168.1.177:7777@100");
}

TEST_F(WebChanges, OfManyAtOnceOneIsMadeAndTheOthersAreTold)
{
    const std::string seen = version("1/1");
    std::vector<std::future<int>> tries;
    for (int i = 0; i < 8; ++i)
        tries.push_back(std::async(std::launch::async, [&, i] {
            return change("1/1", {{"version", seen},
                                  {"set", {{{"host", "10.0.0." + std::to_string(i + 1) + ":80"}}}}})
                .status;
        }));
    int made = 0;
    for (auto &one : tries) {
        const int status = one.get();
        made += status == 200;
        EXPECT_TRUE(status == 200 || status == 409) << status;
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData WHERE modid = 1 AND cmdid = 1"), "2");
}

TEST_F(WebChanges, HostsMoveToAnotherModuleInOneTransaction)
{
    ASSERT_EQ(change("1/2", {{"set", {{{"host", "192.168.1.179:7778"}, {"weight", 40}}}}}).status,
              200);
    const json_reply reply =
        web.post("/api/v1/modules/1/2/move", {{"version", version("1/2")},
                                              {"to", {1, 1}},
                                              {"hosts", {"192.168.1.179:7778"}},
                                              {"note", "quiet there"}});
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.body["changes"].size(), 2u);
    EXPECT_EQ(route(1, 1), "192.168.1.177:7777@100 192.168.1.179:7778@40");
    EXPECT_EQ(route(1, 2), "192.168.1.178:7776@100 192.168.1.180:7779@100");
    EXPECT_EQ(changes_noted(), "3") << "one, and the move touches two modules";
    EXPECT_EQ(db.value("SELECT COUNT(DISTINCT ts) FROM RouteAudit WHERE action = 'move'"), "1");
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteAudit WHERE action = 'move'"), "2");
    // The undo brings both back.
    ASSERT_EQ(undo("1/1").status, 200);
    EXPECT_EQ(route(1, 1), SAMPLE);
    EXPECT_EQ(route(1, 2), "192.168.1.178:7776@100 192.168.1.179:7778@40 192.168.1.180:7779@100");
}

// What was seen is what is done, in the other module too.
TEST_F(WebChanges, AMoveIsNotMadeIfItsTargetHasChangedSinceThePreview)
{
    const auto move = [this](const json &more) {
        json body = {
            {"version", version("1/2")}, {"to", {1, 1}}, {"hosts", {"192.168.1.179:7778"}}};
        body.update(more);
        return web.post("/api/v1/modules/1/2/move", body);
    };
    const json_reply seen = move({{"preview", true}});
    ASSERT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(seen.body["version"], version("1/2"));
    EXPECT_EQ(seen.body["to_version"], version("1/1"));
    ASSERT_EQ(change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}}}).status, 200);
    const json_reply refused = move({{"to_version", seen.body["to_version"]}});
    ASSERT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(refused.body["module"], json({1, 1}));
    EXPECT_EQ(refused.body["version"], version("1/1"));
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@100 192.168.1.177:7777@100");
    const json_reply moved = move({{"to_version", refused.body["version"]}});
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.body["version"], version("1/2"));
    EXPECT_EQ(moved.body["to_version"], version("1/1"));
}

// The most that a request may name, which is more than other requests may have.
TEST_F(WebChanges, TenThousandHostsMoveAtOnce)
{
    json set = json::array(), hosts = json::array();
    for (int i = 0; i < 10000; ++i) {
        const std::string host = "255.255." + std::to_string(100 + i / 100) + "." +
                                 std::to_string(100 + i % 100) + ":65535";
        set.push_back({{"host", host}, {"weight", 4294967295u}});
        hosts.push_back(host);
    }
    const json_reply added = change("5/5", {{"set", set}});
    ASSERT_EQ(added.status, 200) << added.body.dump().substr(0, 500);
    const json body = {{"version", version("5/5")}, {"to", {5, 6}}, {"hosts", hosts}};
    const json_reply moved = web.post("/api/v1/modules/5/5/move", body);
    ASSERT_EQ(moved.status, 200) << moved.body.dump().substr(0, 500);
    EXPECT_EQ(db.value("SELECT COUNT(*) FROM RouteData WHERE modid = 5 AND cmdid = 6"), "10000");
    hosts.push_back("10.0.0.1:80");
    const json_reply refused =
        web.post("/api/v1/modules/5/6/move",
                 json({{"version", version("5/6")}, {"to", {5, 5}}, {"hosts", hosts}}));
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.dump().find("at most 10000 hosts"), std::string::npos);
}

TEST_F(WebChanges, AMoveThatCannotBeChangesNothing)
{
    const auto move = [this](const json &to, const json &hosts, const std::string &to_version) {
        json body = {{"version", version("1/2")}, {"to", to}, {"hosts", hosts}};
        if (!to_version.empty())
            body["to_version"] = to_version;
        return web.post("/api/v1/modules/1/2/move", body).status;
    };
    EXPECT_EQ(move({1, 2}, {"192.168.1.179:7778"}, ""), 400) << "where it is";
    EXPECT_EQ(move({1, 1}, {"10.9.9.9:1"}, ""), 400) << "not there";
    EXPECT_EQ(move({1, 1}, {"192.168.1.179:7778"}, "0123456789abcdef"), 409) << "seen otherwise";
    ASSERT_EQ(change("1/1", {{"set", {{{"host", "192.168.1.179:7778"}}}}}).status, 200);
    EXPECT_EQ(move({1, 1}, {"192.168.1.179:7778"}, ""), 400) << "there already";
    EXPECT_EQ(route(1, 2), "192.168.1.178:7776@100 192.168.1.179:7778@100 192.168.1.180:7779@100");
}

TEST_F(WebChanges, TheLastChangeIsUndoneAndTheUndoToo)
{
    EXPECT_EQ(undo("1/1").status, 404) << "nothing was changed";
    ASSERT_EQ(
        change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}}, {"remove", {"192.168.1.177:7777"}}})
            .status,
        200);
    json preview = {{"version", version("1/1")}, {"preview", true}};
    EXPECT_EQ(web.post("/api/v1/modules/1/1/undo", preview).body["applied"], false);
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@100");
    ASSERT_EQ(undo("1/1").status, 200);
    EXPECT_EQ(route(1, 1), SAMPLE);
    ASSERT_EQ(undo("1/1").status, 200);
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@100");
}

TEST_F(WebChanges, AnUndoOverSomebodysUnrecordedChangeIsAConflict)
{
    ASSERT_EQ(change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}}}).status, 200);
    db.exec("UPDATE RouteData SET weight = 5 WHERE serverport = 80");
    const json_reply reply = undo("1/1");
    EXPECT_EQ(reply.status, 409) << reply.body;
    EXPECT_EQ(route(1, 1), "10.0.0.1:80@5 192.168.1.177:7777@100");
}

TEST_F(WebChanges, WithoutTheTableOfTheRecordChangesAreMade)
{
    db.exec("DROP TABLE RouteAudit");
    EXPECT_EQ(change("1/1", {{"set", {{{"host", "10.0.0.1:80"}}}}}).status, 200);
    const json audit = web.get("/api/v1/audit").body;
    EXPECT_EQ(audit["recorded"], false);
    EXPECT_EQ(audit["entries"], json::array());
}

TEST_F(WebChanges, TheRecordComesInPages)
{
    for (int i = 1; i <= 5; ++i)
        ASSERT_EQ(change("1/1", {{"set", {{{"host", "10.0.0.1:80"}, {"weight", i}}}}}).status, 200);
    ASSERT_EQ(change("1/2", {{"remove", {"192.168.1.178:7776"}}}).status, 200);
    const json all = web.get("/api/v1/audit?limit=3").body["entries"];
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0]["module"], json({1, 2}));
    const std::string last = all[2]["id"].dump();
    EXPECT_EQ(web.get("/api/v1/audit?before=" + last).body["entries"].size(), 3u);
    EXPECT_EQ(web.get("/api/v1/audit?module=1,2").body["entries"].size(), 1u);
    EXPECT_EQ(web.get("/api/v1/audit?module=1").status, 400);
    EXPECT_EQ(web.get("/api/v1/audit?before=x").status, 400);
}

// What is wrong is named, and nothing is changed halfway.
TEST_F(WebChanges, BadChangesAreRefusedWhole)
{
    const std::string now = version("1/1");
    const std::string good = R"("version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80"}])";
    const std::vector<std::pair<std::string, std::string>> bodies = {
        {"", "the body has to be a JSON object"},
        {"[]", "the body has to be a JSON object"},
        {"{" + good, "the body has to be a JSON object"},
        {R"({"set": [{"host": "10.0.0.1:80"}]})", "version"},
        {"{" + good + R"(, "more": 1})", "'more' means nothing here"},
        {"{" + good + R"(, "preview": "yes"})", "preview"},
        {"{" + good + R"(, "note": 5})", "note"},
        {"{" + good + R"(, "note": ")" + std::string(256, 'n') + R"("})", "note"},
        {"{" + good + R"(, "note": "two\nlines"})", "note"},
        {"{" + good + R"(, "remove": "10.0.0.1:80"})", "remove"},
        {"{" + good + R"(, "remove": ["10.0.0.1:80"]})", "remove: 10.0.0.1:80 is in set too"},
        {"{" + good + R"(, "remove": ["10.0.0.9:80"]})", "has no host 10.0.0.9:80"},
        {R"({"version": ")" + now + R"(", "set": []})", "changes nothing"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "192.168.1.177:7777"}]})",
         "changes nothing"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:0"}]})", "set[0].host"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80@5"}]})", "set[0].host"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.256:80"}]})", "set[0].host"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80", "weight": -1}]})",
         "set[0].weight"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80", "weight": 4294967296}]})",
         "set[0].weight"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80", "weight": 1.5}]})",
         "set[0].weight"},
        {R"({"version": ")" + now +
             R"(", "set": [{"host": "10.0.0.1:80"}, {"host": "10.0.0.1:80"}]})",
         "set[1]"},
        {R"({"version": ")" + now + R"(", "set": [{"host": "10.0.0.1:80", "state": 1}]})",
         "set[0]"},
        {std::string(60000, '['), "the body has to be a JSON object"},
        {"{" + good + ", \"note\": \"\xff\"}", "the body has to be a JSON object"},
    };
    for (const auto &[body, named] : bodies) {
        const json_reply reply = web.post("/api/v1/modules/1/1/change", body);
        EXPECT_EQ(reply.status, 400) << body.substr(0, 200) << reply.body;
        EXPECT_NE(reply.body.dump().find(named), std::string::npos)
            << body.substr(0, 200) << " is answered with " << reply.body;
    }
    EXPECT_EQ(web.post("/api/v1/routes/clear", std::string(100000, ' ')).status, 413);
    EXPECT_EQ(web.post("/api/v1/modules/1/x/change", "{" + good + "}").status, 400);
    EXPECT_EQ(web.get("/api/v1/modules/1/1/change").status, 405);
    EXPECT_EQ(route(1, 1), SAMPLE);
    EXPECT_EQ(changes_noted(), "0");
}

TEST_F(WebChanges, WhoHasNotTheRightChangesNothing)
{
    const json body = {{"version", version("1/1")}, {"set", {{{"host", "10.0.0.1:80"}}}}};
    web_service stranger(db.options());
    ASSERT_TRUE(stranger.start());
    for (const char *what : {"change", "move", "undo"}) {
        EXPECT_EQ(stranger.post(std::string("/api/v1/modules/1/1/") + what, body).status, 401);
    }
    stranger.use_token("read");
    for (const char *what : {"change", "move", "undo"}) {
        EXPECT_EQ(stranger.post(std::string("/api/v1/modules/1/1/") + what, body).status, 403);
    }
    EXPECT_EQ(route(1, 1), SAMPLE);
}

}  // namespace
}  // namespace lars
