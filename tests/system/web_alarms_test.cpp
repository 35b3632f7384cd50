// The console's alarms, from what callers report to the webhook of a real receiver.
#include <atomic>
#include <thread>

#include "web_fixture.h"
#include "webhook_receiver.h"

namespace lars {
namespace {

using namespace lars::test;

class WebAlarms : public WebTest {
protected:
    WebAlarms()
    {
        web.set("alarms", "failure_time", "0");
        web.set("alarms", "no_healthy_host_time", "0");
    }

    // "failures (1,2)", a line each, of "active" or "past".
    std::string listed(const std::string &which)
    {
        std::string text;
        for (const json &alarm : web.get("/api/v1/alarms").body.value(which, json::array()))
            text +=
                alarm["rule"].get<std::string>() + " " + alarm["subject"].get<std::string>() + "\n";
        return text;
    }
    bool becomes(const std::string &which, const std::string &expected)
    {
        return wait_until([&] { return listed(which) == expected; });
    }
};

TEST_F(WebAlarms, AModuleThatFailsIsOneUntilItDoesNot)
{
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 90, 9, false);
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 10, 9, false);  // too few calls
    EXPECT_EQ(listed("active"), "");
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 80, 20, false);
    EXPECT_TRUE(becomes("active", "failures (1,2)\n")) << listed("active");
    const json alarm = web.get("/api/v1/alarms").body["active"][0];
    EXPECT_EQ(alarm["text"], "module (1,2) fails: 20 of 100 calls");
    EXPECT_EQ(alarm["module"], json({1, 2}));
    EXPECT_EQ(alarm["values"], json({{"failures", "20"}, {"calls", "100"}}));
    EXPECT_TRUE(alarm["until"].is_null());
    EXPECT_EQ(web.get("/api/v1/status").body["alarms"], 1);
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 100, 0, false);
    EXPECT_TRUE(becomes("active", ""));
    EXPECT_EQ(listed("past"), "failures (1,2)\n");
}

TEST_F(WebAlarms, TheRulesAreShownAsTheyAreConfigured)
{
    for (const auto &[share, shown] : std::map<std::string, std::string>{
             {"0.001", "0.1"}, {"0.005", "0.5"}, {"0.07", "7"}, {"1", "100"}, {"0", "0"}}) {
        web.set("alarms", "failure_share", share);
        ASSERT_TRUE(web.start());
        const json rule = web.get("/api/v1/alarms").body["rules"][0];
        EXPECT_EQ(rule["values"]["share"], shown);
        EXPECT_EQ(rule["text"].get<std::string>().find("more than " + shown + " % of a"), 0u)
            << rule;
        ASSERT_TRUE(web.stop());
    }
}

TEST_F(WebAlarms, AModuleWithoutAHealthyHostIsOne)
{
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 1, true);
    report("1,2", "192.168.1.179:7778", "10.0.0.1", 0, 1, true);
    report("1,2", "192.168.1.180:7779", "10.0.0.1", 1, 0, false);
    EXPECT_EQ(listed("active"), "");
    // A drained one is no healthy one.
    db.exec("UPDATE RouteData SET weight = 0 WHERE serverport = 7779");
    EXPECT_TRUE(becomes("active", "no_healthy_host (1,2)\n")) << listed("active");
}

// An agent sets aside no host where all of them fail.
TEST_F(WebAlarms, AModuleWhoseHostsAllFailHasNoHealthyOne)
{
    ASSERT_TRUE(web.start());
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 0, 5, false);
    EXPECT_TRUE(becomes("active", "no_healthy_host (1,1)\n")) << listed("active");
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 1, 5, false);
    EXPECT_TRUE(becomes("active", ""));
}

TEST_F(WebAlarms, AModuleWhoseReportsEndIsOne)
{
    web.set("alarms", "silent_time", "60");
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 1, 0, false, 90);
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 1, 0, false, 200000);  // given up
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(becomes("active", "no_reports (1,2)\n")) << listed("active");
}

TEST_F(WebAlarms, ADnsThatDoesNotAnswerIsOne)
{
    dns_service dns(db.options());
    dns.set("metrics", "port", "0");
    web.set("alarms", "dns_behind", "1");
    web.set("services", "dns", "127.0.0.1:9");
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(becomes("active", "dns_behind dns 127.0.0.1:9\n")) << listed("active");
    const json services = web.get("/api/v1/services").body["services"];
    ASSERT_EQ(services.size(), 1u);
    EXPECT_EQ(services[0]["alive"], false);
}

// They have no reports because somebody wanted it so.
TEST_F(WebAlarms, AModuleThatIsRemovedOrDrainedNeedsNoReports)
{
    web.set("alarms", "silent_time", "60");
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight) VALUES"
            " (4294967291, 4294967295, 1, 80, 0), (4294967291, 4294967295, 2, 80, 1),"
            " (7, 7, 1, 80, 0), (7, 8, 1, 70000, 5)");
    for (const char *module : {"-5,-1", "7,7", "7,8", "7,9", "1,2"})
        report(module, "0.0.0.1:80", "10.0.0.1", 1, 0, false, 90);
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(becomes("active", "no_reports (1,2)\nno_reports (-5,-1)\n")) << listed("active");
    db.exec("UPDATE RouteData SET weight = 0 WHERE modid = 1");
    EXPECT_TRUE(becomes("active", "no_reports (-5,-1)\n")) << listed("active");
    // A table of an older Lars has no weights.
    db.exec("ALTER TABLE RouteData DROP COLUMN weight");
    EXPECT_TRUE(becomes("active", "no_reports (7,7)\nno_reports (1,2)\nno_reports (-5,-1)\n"))
        << listed("active");
}

// The thousandth suspect is not the last one.
TEST_F(WebAlarms, AmongThousandsOfSuspectsTheOneIsFound)
{
    std::string routes, reports;
    for (int i = 1; i <= 2500; ++i) {
        const std::string comma = i == 1 ? "" : ",", id = std::to_string(i);
        // Each has a host that works, but for the last.
        routes += comma + "(9," + id + ",1,80),(9," + id + ",2,80)";
        reports += comma + "(9," + id + ",1,80,1,0,5,UNIX_TIMESTAMP()+60,'1'),(9," + id +
                   ",2,80,1," + (i == 2500 ? "0" : "9") + ",5,UNIX_TIMESTAMP()+60,'0')";
    }
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES " + routes);
    db.exec("INSERT INTO ServerCallStatus VALUES " + reports);
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(becomes("active", "no_healthy_host (9,2500)\n")) << listed("active");
}

// Which ones are alarms does not change from look to look, so that none ends by itself.
TEST_F(WebAlarms, OfMoreThanAThousandTheFirstOnesAre)
{
    web.set("alarms", "silent_time", "60");
    std::string routes, reports;
    for (int i = 1; i <= 1200; ++i) {
        const std::string comma = i == 1 ? "" : ",", id = std::to_string(i);
        routes += comma + "(9," + id + ",1,80)";
        reports += comma + "(9," + id + ",1,80,1,1,0,UNIX_TIMESTAMP()-100,'0')";
    }
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES " + routes);
    db.exec("INSERT INTO ServerCallStatus VALUES " + reports);
    ASSERT_TRUE(web.start());
    std::string first;
    for (int i = 1000; i > 0; --i)
        first += "no_reports (9," + std::to_string(i) + ")\n";
    EXPECT_TRUE(becomes("active", first));
}

// It answers, but its routes are old.
TEST_F(WebAlarms, ADnsThatHasNotReadItsDatabaseIsOne)
{
    httplib::Server dns;
    std::atomic<int> age{99};
    dns.Get("/metrics", [&age](const httplib::Request &, httplib::Response &response) {
        response.set_content("lars_build_info{version=\"1\"} 1\nlars_dns_database_age_seconds " +
                                 std::to_string(age) + "\n",
                             "text/plain");
    });
    const std::string address = "127.0.0.1:" + std::to_string(dns.bind_to_any_port("127.0.0.1"));
    std::thread serving([&dns] { dns.listen_after_bind(); });
    web.set("alarms", "dns_behind", "50");
    web.set("services", "dns", address);
    EXPECT_TRUE(web.start());
    EXPECT_TRUE(becomes("active", "dns_behind dns " + address + "\n")) << listed("active");
    const json alarm = web.get("/api/v1/alarms").body["active"][0];
    EXPECT_EQ(alarm["text"], "dns " + address + " has not read its database for 99 s");
    EXPECT_EQ(alarm["values"], json({{"seconds", "99"}}));
    age = 50;
    EXPECT_TRUE(becomes("active", "")) << listed("active");
    dns.stop();
    serving.join();
}

TEST_F(WebAlarms, TheListOutlivesARestart)
{
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 50, false);
    ASSERT_TRUE(becomes("active", "failures (1,2)\n"));
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 50, 0, false);
    ASSERT_TRUE(becomes("past", "failures (1,2)\n"));
    ASSERT_TRUE(web.stop());
    ASSERT_TRUE(web.start());
    EXPECT_EQ(listed("past"), "failures (1,2)\n");
}

// It is as if the console had been there all the time.
TEST_F(WebAlarms, OneThatEndsWhileTheConsoleIsAwayIsOver)
{
    webhook_receiver hook;
    web.set("alarms", "webhook", hook.url());
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 50, false);
    ASSERT_TRUE(becomes("active", "failures (1,2)\n"));
    ASSERT_TRUE(wait_until([&] { return hook.events() == "begin failures (1,2)\n"; }));
    ASSERT_TRUE(web.stop());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 50, 0, false);
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(becomes("past", "failures (1,2)\n")) << listed("past");
    EXPECT_TRUE(wait_until([&] {
        return hook.events() == "begin failures (1,2)\nend failures (1,2)\n";
    })) << hook.events();
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 50, 50, false);
    ASSERT_TRUE(becomes("active", "failures (1,1)\n"));
    EXPECT_TRUE(wait_until([&] { return hook.ids().size() == 6; }));
    EXPECT_EQ(hook.ids(), "1 1 2 ") << "an id is of one alarm";
}

TEST_F(WebAlarms, OneThatLastsWhileTheConsoleIsAwayIsNotBegunAgain)
{
    webhook_receiver hook;
    web.set("alarms", "webhook", hook.url());
    web.set("alarms", "dns_behind", "1");
    // It takes connections and says nothing, so that the other one is asked late.
    httplib::Server silent;
    const std::string port = std::to_string(silent.bind_to_any_port("127.0.0.1"));
    web.set("services", "dns", "127.0.0.1:" + port + ", 127.0.0.1:9");
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 50, false);
    const auto all_last = [this] {
        return web.get("/api/v1/alarms").body.value("active", json::array()).size() == 3;
    };
    ASSERT_TRUE(wait_until(all_last, std::chrono::seconds(30)));
    const json before = web.get("/api/v1/alarms").body["active"];
    ASSERT_TRUE(web.stop());
    const std::string told = hook.events();
    ASSERT_TRUE(web.start());
    EXPECT_EQ(web.get("/api/v1/alarms").body["active"].size(), 3u);
    // It has looked at everything once this is there.
    report("1,1", "192.168.1.177:7777", "10.0.0.1", 50, 50, false);
    ASSERT_TRUE(wait_until(
        [&] {
            return web.get("/api/v1/services").body["services"][1]["trouble"] != "not asked yet" &&
                   hook.events() == told + "begin failures (1,1)\n";
        },
        std::chrono::seconds(30)))
        << hook.events();
    const json after = web.get("/api/v1/alarms").body["active"];
    ASSERT_EQ(after.size(), 4u) << after;
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(after[i + 1]["id"], before[i]["id"]);
        EXPECT_EQ(after[i + 1]["since"], before[i]["since"]);
    }
    EXPECT_EQ(listed("past"), "");
}

TEST_F(WebAlarms, AreSentToAWebhookUntilItTakesThem)
{
    webhook_receiver hook;
    hook.be(webhook_receiver::mood::refusing);
    web.set("alarms", "webhook", hook.url());
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 50, false);
    ASSERT_TRUE(wait_until([&] { return hook.asked() >= 2; })) << "it is asked again";
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 50, 0, false);
    ASSERT_TRUE(becomes("past", "failures (1,2)\n"));
    hook.be(webhook_receiver::mood::taking);
    EXPECT_TRUE(wait_until([&] {
        return hook.events() == "begin failures (1,2)\nend failures (1,2)\n";
    })) << hook.events();
}

TEST_F(WebAlarms, AWebhookThatIsAwayHoldsUpNothing)
{
    web.set("alarms", "webhook", "http://127.0.0.1:9/nobody");
    ASSERT_TRUE(web.start());
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 0, 50, false);
    ASSERT_TRUE(becomes("active", "failures (1,2)\n"));
    EXPECT_EQ(web.stop(), 0);
}

// Everything in one place: a real dns, reporter and agent, with their versions.
TEST_F(WebAlarms, ServicesAreShownWithTheirVersions)
{
    dns_service dns(db.options());
    dns.set("metrics", "port", "0");
    ASSERT_TRUE(dns.start());
    const std::string log = dns.process().output();
    const std::string before = "metrics at http://";
    ASSERT_NE(log.find(before), std::string::npos) << log;
    const size_t at = log.find(before) + before.size();
    const std::string address = log.substr(at, log.find('/', at) - at);
    web.set("services", "dns", address);
    report("1,2", "192.168.1.178:7776", "10.0.0.77", 1, 0, false);
    ASSERT_TRUE(web.start());
    EXPECT_TRUE(wait_until(
        [&] { return web.get("/api/v1/services").body["services"][0]["alive"] == true; }));
    const json services = web.get("/api/v1/services").body["services"];
    ASSERT_EQ(services.size(), 2u) << services;
    EXPECT_EQ(services[0]["kind"], "dns");
    EXPECT_EQ(services[0]["address"], address);
    EXPECT_NE(services[0]["version"], "");
    EXPECT_TRUE(services[0]["behind_seconds"].is_number()) << services;
    EXPECT_EQ(services[1]["kind"], "agent");
    EXPECT_EQ(services[1]["address"], "10.0.0.77");
    EXPECT_EQ(services[1]["source"], "reports");
}

}  // namespace
}  // namespace lars
