// Metrics, alert rules and dashboard, judged by Prometheus itself.
#include <gtest/gtest.h>

#include <cctype>
#include <regex>

#include "database.h"
#include "free_port.h"
#include "http_get.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;

std::string file(const std::string &name)
{
    return source_path("base/metrics/" + name);
}

run_result promtool(const std::vector<std::string> &arguments)
{
    return run("/usr/bin/promtool", arguments);
}

class Prometheus : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        const run_result got =
            run(source_path("run_lars"), {"deps", "prometheus"}, {}, std::chrono::minutes(5));
        ASSERT_EQ(got.exit_status, 0) << got.output;
    }
};

TEST_F(Prometheus, FindsTheAlertRulesRight)
{
    const run_result checked = promtool({"check", "rules", file("alerts.yml")});
    EXPECT_EQ(checked.exit_status, 0) << checked.output;
    const run_result tested = promtool({"test", "rules", file("alerts_test.yml")});
    EXPECT_EQ(tested.exit_status, 0) << tested.output;
    const run_result config = promtool({"check", "config", file("prometheus.yml")});
    EXPECT_EQ(config.exit_status, 0) << config.output;
}

TEST_F(Prometheus, EachAlertIsTestedAndExplained)
{
    const std::string rules = read_text(file("alerts.yml"));
    const std::string tests = read_text(file("alerts_test.yml"));
    const std::string page = read_text(source_path("docs/operate.md"));
    const std::regex alert("- alert: (\\w+)");
    size_t alerts = 0;
    for (std::sregex_iterator at(rules.begin(), rules.end(), alert), end; at != end; ++at) {
        const std::string name = (*at)[1];
        ++alerts;
        EXPECT_NE(tests.find("- alertname: " + name + "\n"), std::string::npos) << name;
        EXPECT_NE(page.find(name), std::string::npos) << name;
    }
    EXPECT_GT(alerts, 10u);
}

// The whole system, with some traffic, and a Prometheus that scrapes it.
class ScrapedSystem : public Prometheus {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        for (running_service *service : {static_cast<running_service *>(&_dns), static_cast<running_service *>(&_reporter)})
            service->set("metrics", "port", std::to_string(free_port()));
        ASSERT_TRUE(_dns.start());
        ASSERT_TRUE(_reporter.start());
        _agent.emplace(_dns.port(), _reporter.port());
        _agent->set("metrics", "port", std::to_string(free_port()));
        _agent->set("agent", "local", _folder.file("agent.sock"));
        ASSERT_TRUE(_agent->start());
    }

    static uint16_t metrics_port(running_service &service)
    {
        EXPECT_TRUE(service.process().wait_for_output("/metrics"));
        const std::string said = service.process().output();
        std::smatch found;
        return std::regex_search(said, found, std::regex("metrics at http://127.0.0.1:([0-9]+)/"))
                   ? static_cast<uint16_t>(std::stoi(found[1]))
                   : uint16_t{0};
    }

    // A choice and its report; whether there was a host.
    bool call()
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(_agent->addresses()[2].port));  // (1 + 1) mod 3
        EXPECT_TRUE(peer.send_frame(ID_GetHostRequest, host_request(1, 1, 1)));
        const auto frame = peer.receive_frame();
        GetHostResponse body;
        if (!frame || !body.ParseFromString(frame->body) || !body.has_host())
            return false;
        return peer.send_frame(ID_ReportRequest, report(1, 1, text_of(body.host()), 0));
    }

    void start_prometheus()
    {
        std::string config = "scrape_configs:\n";
        for (const auto &[job, service] :
             {std::pair<const char *, running_service *>("lars_dns", &_dns),
              {"lars_reporter", &_reporter},
              {"lars_agent", &*_agent}})
            config += std::string("  - job_name: ") + job +
                      "\n    scrape_interval: 1s\n    static_configs:\n      - targets: ['127.0.0.1:" +
                      std::to_string(metrics_port(*service)) + "']\n";
        write_text(_folder.file("prometheus.yml"), config);
        _port = free_port();
        ASSERT_TRUE(_prometheus.start("/usr/bin/prometheus",
                                      {"--config.file=" + _folder.file("prometheus.yml"),
                                       "--storage.tsdb.path=" + _folder.file("data"),
                                       "--web.listen-address=127.0.0.1:" + std::to_string(_port)}));
        ASSERT_TRUE(wait_until(
            [&] {
                const auto ready = http_get(_port, "/-/ready");
                return ready && ready->status == 200;
            },
            std::chrono::milliseconds(30000)))
            << _prometheus.output();
    }

    std::string query(const std::string &expression)
    {
        std::string escaped;
        for (const char c : expression) {
            char code[4];
            snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
            escaped += std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : code;
        }
        const auto answer = http_get(_port, "/api/v1/query?query=" + escaped);
        return answer ? answer->body : "no answer";
    }
    bool has_result(const std::string &expression)
    {
        const std::string found = query(expression);
        return found.find("\"status\":\"success\"") != std::string::npos &&
               found.find("\"result\":[{") != std::string::npos;
    }

    database _database;
    dns_service _dns{_database.options()};
    reporter_service _reporter{_database.options()};
    std::optional<agent_service> _agent;
    temp_dir _folder;
    process _prometheus;
    uint16_t _port = 0;
};

TEST_F(ScrapedSystem, ItsMetricsAreWellNamed)
{
    ASSERT_TRUE(wait_until([&] { return call(); }));
    for (running_service *service :
         {static_cast<running_service *>(&_dns), static_cast<running_service *>(&_reporter),
          static_cast<running_service *>(&*_agent)}) {
        const auto page = http_get(metrics_port(*service), "/metrics");
        ASSERT_TRUE(page);
        write_text(_folder.file("page"), page->body);
        const run_result checked =
            run("/bin/sh", {"-c", "/usr/bin/promtool check metrics <" + _folder.file("page")});
        EXPECT_EQ(checked.exit_status, 0) << checked.output << page->body;
    }
}

TEST_F(ScrapedSystem, EveryQueryOfTheDashboardHasAResult)
{
    start_prometheus();
    ASSERT_TRUE(wait_until([&] { return call(); }));
    // A rate needs two scrapes.
    ASSERT_TRUE(wait_until(
        [&] {
            call();
            return has_result("rate(lars_agent_choices_total[1m]) > 0") &&
                   has_result("rate(lars_agent_local_choices_total[1m]) >= 0") &&
                   has_result("rate(lars_dns_lookups_total[1m]) >= 0") &&
                   has_result("rate(lars_reporter_rows_stored_total[1m]) > 0");
        },
        std::chrono::milliseconds(60000)))
        << query("up") << query("lars_agent_choices_total");
    const std::string dashboard = read_text(file("dashboard.json"));
    const std::regex quoted("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\"");
    size_t queries = 0;
    for (std::sregex_iterator at(dashboard.begin(), dashboard.end(), quoted), end; at != end;
         ++at) {
        const std::string expression =
            std::regex_replace((*at)[1].str(), std::regex("\\\\(.)"), "$1");
        ++queries;
        EXPECT_TRUE(has_result(expression)) << expression << "\n" << query(expression);
    }
    EXPECT_GE(queries, 20u);
    EXPECT_FALSE(has_result("no_such_metric")) << "a query without a result is told from others";
}

}  // namespace
}  // namespace lars
