// A module's healthy hosts in the shapes that other systems' clients take.
#include <algorithm>
#include <chrono>
#include <future>

#include "web_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class WebDiscovery : public WebTest {
protected:
    WebDiscovery() { EXPECT_TRUE(web.start()); }

    static std::string ports_in(const json &entries)
    {
        std::string text;
        for (const json &one : entries)
            text += (text.empty() ? "" : " ") + one["Service"]["Port"].dump();
        return text;
    }
    static std::string index_of(const json_reply &reply)
    {
        const auto at = reply.headers.find("X-Consul-Index");
        return at == reply.headers.end() ? "" : at->second;
    }
};

TEST_F(WebDiscovery, PrometheusGetsTheHealthyHosts)
{
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 5, 0, false);
    report("1,2", "192.168.1.179:7778", "10.0.0.1", 0, 7, true);
    const json_reply reply = web.get("/api/v1/sd/prometheus/1/2");
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, json::parse(R"([{"targets": ["192.168.1.178:7776", "192.168.1.180:7779"],
        "labels": {"__meta_lars_modid": "1", "__meta_lars_cmdid": "2"}}])"));
    EXPECT_NE(reply.headers.find("Content-Type")->second.find("application/json"),
              std::string::npos)
        << "http_sd takes nothing else";
    EXPECT_EQ(web.get("/api/v1/sd/prometheus/9/9").body[0]["targets"], json::array());
}

TEST_F(WebDiscovery, ConsulsClientsGetTheHealthyHosts)
{
    report("1,2", "192.168.1.178:7776", "10.0.0.1", 5, 0, false);
    report("1,2", "192.168.1.179:7778", "10.0.0.1", 0, 7, true);
    db.exec("UPDATE RouteData SET weight = 30 WHERE serverport = 7776");
    const json_reply passing = web.get("/v1/health/service/1-2?stale&passing");
    ASSERT_EQ(passing.status, 200);
    EXPECT_EQ(ports_in(passing.body), "7776 7779");
    EXPECT_EQ(passing.body[0]["Service"]["Address"], "192.168.1.178");
    EXPECT_EQ(passing.body[0]["Service"]["Weights"]["Passing"], 30);
    const json all = web.get("/v1/health/service/1-2").body;
    EXPECT_EQ(ports_in(all), "7776 7778 7779");
    EXPECT_EQ(all[1]["Checks"][0]["Status"], "critical");
    EXPECT_EQ(ports_in(web.get("/v1/health/service/-1--2").body), "");
    for (const char *path : {"/v1/health/service/web", "/v1/health/service/1-2?wait=x&index=1",
                             "/v1/health/service/1-2?index=-1"})
        EXPECT_EQ(web.get(path).status, 400) << path;
}

TEST_F(WebDiscovery, AQueryWithAnIndexWaitsForAChange)
{
    const json_reply first = web.get("/v1/health/service/1-2?passing");
    const std::string index = index_of(first);
    ASSERT_NE(index, "");
    EXPECT_EQ(index_of(web.get("/v1/health/service/1-2?passing&index=" + index + "&wait=1ms")),
              index);
    auto waiting = std::async(std::launch::async, [&] {
        return web.get("/v1/health/service/1-2?passing&index=" + index + "&wait=60s");
    });
    EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout)
        << "nothing has changed, and it answers";
    db.exec("DELETE FROM RouteData WHERE serverport = 7778");
    const json_reply changed = waiting.get();
    EXPECT_EQ(ports_in(changed.body), "7776 7779");
    EXPECT_NE(index_of(changed), index);
}

TEST_F(WebDiscovery, QueriesThatWaitHoldUpNeitherOthersNorTheEnd)
{
    const std::string index = index_of(web.get("/v1/health/service/1-2"));
    std::vector<std::future<json_reply>> waiting;
    for (int i = 0; i < 40; ++i)
        waiting.push_back(std::async(std::launch::async, [&] {
            return web.get("/v1/health/service/1-2?index=" + index + "&wait=60s");
        }));
    // All but those that wait are answered at once.
    const auto answered = [&waiting] {
        return std::count_if(waiting.begin(), waiting.end(), [](const auto &one) {
            return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        });
    };
    EXPECT_TRUE(wait_until([&] { return answered() == 24; })) << answered();
    EXPECT_EQ(web.get("/v1/health/service/1-2?index=" + index + "&wait=60s").error(), "busy");
    EXPECT_EQ(web.get("/api/v1/status").status, 200);
    EXPECT_EQ(web.stop(), 0);
    for (auto &one : waiting)
        EXPECT_NE(one.get().status, 200);
}

}  // namespace
}  // namespace lars
