// The metrics of the three services, as Prometheus reads them.
#include <gtest/gtest.h>

#include "agent_fixture.h"
#include "dns_fixture.h"
#include "free_port.h"
#include "http_get.h"
#include "lars_client.h"
#include "text_match.h"

namespace lars {
namespace {

using namespace lars::test;

// Where a service says that its metrics are; 0 if it does not.
uint16_t metrics_port(running_service &service)
{
    if (!service.process().wait_for_output("/metrics"))
        return 0;
    const auto found =
        first_match(service.process().output(), "metrics at http://127.0.0.1:([0-9]+)/");
    return found.empty() ? 0 : static_cast<uint16_t>(std::stoi(found[1]));
}

std::string scrape(running_service &service)
{
    const auto answer = http_get(metrics_port(service), "/metrics");
    return answer && answer->status == 200 ? answer->body : "no answer";
}

// The value of the sample that SERIES names with all its labels; nothing if there is none.
std::optional<double> value_of(const std::string &page, const std::string &series)
{
    const size_t at = page.find("\n" + series + " ");
    if (at == std::string::npos)
        return std::nullopt;
    return std::stod(page.substr(at + series.size() + 2));
}

bool becomes(running_service &service, const std::string &series, double value)
{
    return wait_until([&] { return value_of(scrape(service), series) == value; });
}

class DnsMetrics : public Dns {
protected:
    void SetUp() override
    {
        Dns::SetUp();
        _dns.set("metrics", "port", "0");
    }
};

TEST_F(DnsMetrics, TellWhatWasAskedAndPushed)
{
    ASSERT_TRUE(_dns.start());
    wire_peer peer = connect();
    ask(peer, 1, 1);
    ask(peer, 1, 1);
    ask(peer, 999, 9);
    change(insert(1, 1, "10.9.9.9:99"), 1, 1);
    ASSERT_TRUE(peer.receive_frame());
    ASSERT_TRUE(peer.send_frame(ID_GetRouteRequest, "\xff\xff"));
    EXPECT_TRUE(becomes(_dns, "lars_dns_bad_messages_total", 1));
    const std::string page = scrape(_dns);
    EXPECT_EQ(value_of(page, "lars_dns_lookups_total"), 3) << page;
    EXPECT_EQ(value_of(page, "lars_dns_pushes_total"), 1);
    EXPECT_EQ(value_of(page, "lars_dns_subscriptions"), 2);
    EXPECT_EQ(value_of(page, "lars_connections"), 1);
    EXPECT_EQ(value_of(page, "lars_dns_changed_modules_total"), 1);
    EXPECT_EQ(value_of(page, "lars_dns_database_up"), 1);
    EXPECT_EQ(value_of(page, "lars_scrape_complete"), 1);
    EXPECT_GT(value_of(page, "process_resident_memory_bytes").value_or(0), 1e6);
    EXPECT_GT(value_of(page, "process_start_time_seconds").value_or(0), 1.6e9);
    EXPECT_LT(value_of(page, "lars_dns_database_age_seconds").value_or(100), 10);
}

TEST_F(DnsMetrics, TellThatTheDatabaseIsAway)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database own(server);
    own.load(source_path("base/sql/sample.sql"));
    dns_service dns(own.options());
    dns.set("metrics", "port", "0");
    ASSERT_TRUE(dns.start());
    EXPECT_TRUE(becomes(dns, "lars_dns_database_up", 1));
    ASSERT_TRUE(server.stop());
    EXPECT_TRUE(becomes(dns, "lars_dns_database_up", 0));
    EXPECT_EQ(value_of(scrape(dns), "lars_dns_serving"), 1);
}

TEST_F(DnsMetrics, APortThatIsTakenIsNoReasonNotToServe)
{
    wire_peer taken;
    ASSERT_TRUE(taken.listen_tcp());
    _dns.set("metrics", "port", std::to_string(taken.port()));
    ASSERT_TRUE(_dns.start());
    EXPECT_TRUE(_dns.process().wait_for_output("WARN lars_dns: no metrics: cannot serve them at"));
    wire_peer peer = connect();
    EXPECT_NE(ask(peer, 1, 1), "");
    EXPECT_EQ(_dns.stop(), 0);
}

TEST_F(DnsMetrics, AreOffUnlessAPortIsGiven)
{
    _dns.unset("metrics", "port");
    ASSERT_TRUE(_dns.start());
    EXPECT_EQ(_dns.stop(), 0);
    EXPECT_EQ(_dns.process().output().find("metrics"), std::string::npos);
}

class AgentMetrics : public Agent {
protected:
    void SetUp() override
    {
        Agent::SetUp();
        _agent->set("metrics", "port", "0");
    }
};

TEST_F(AgentMetrics, TellChoicesReportsAndHostsByState)
{
    start();
    learn(1, 1, {"10.0.0.1:80", "10.0.0.2:80"});
    const double before =
        value_of(scrape(*_agent), "lars_agent_choices_total{result=\"host\"}").value_or(-1);
    ASSERT_GE(before, 1);
    get_host(1, 1);
    get_host(1, 1);
    EXPECT_EQ(get_host(2, 2), "3");
    // The course's rules set a host aside after so many failures in a row.
    send_report(1, 1, "10.0.0.1:80", 1, 15);
    send_report(1, 1, "10.0.0.2:80", 0, 3);
    wire_peer bad = client(0);
    ASSERT_TRUE(bad.send_bytes("abc"));
    EXPECT_TRUE(becomes(*_agent, "lars_agent_datagrams_dropped_total{reason=\"no_frame\"}", 1));
    const std::string page = scrape(*_agent);
    EXPECT_EQ(value_of(page, "lars_agent_choices_total{result=\"host\"}"), before + 2) << page;
    EXPECT_GE(value_of(page, "lars_agent_choices_total{result=\"no_hosts\"}").value_or(0), 1);
    EXPECT_EQ(value_of(page, "lars_agent_reports_total{outcome=\"failure\"}"), 15);
    EXPECT_EQ(value_of(page, "lars_agent_reports_total{outcome=\"success\"}"), 3);
    const std::string of_module = "lars_agent_hosts{modid=\"1\",cmdid=\"1\",state=";
    EXPECT_EQ(value_of(page, of_module + "\"idle\"}"), 1);
    EXPECT_EQ(value_of(page, of_module + "\"overloaded\"}"), 1);
    EXPECT_EQ(value_of(page, "lars_agent_upstream_connected{upstream=\"dns\"}"), 1);
    EXPECT_EQ(value_of(page, "lars_agent_probes_total"), 0);
    for (int i = 0; i < 22; ++i)
        get_host(1, 1);
    EXPECT_GE(value_of(scrape(*_agent), "lars_agent_probes_total").value_or(0), 1);
}

TEST_F(AgentMetrics, WhatClientsDoByTheTableIsPartOfAllAndShownApart)
{
    _agent->set("agent", "local", _agent->folder().file("agent.sock"));
    const int port = free_port(3);
    _agent->set("agent", "port", std::to_string(port));
    start();
    learn(1, 1, {"10.0.0.1:80"});
    lars_client client("127.0.0.1", port);
    std::string ip;
    int host_port = 0;
    ASSERT_TRUE(wait_until([&] {
        client.get_host(1, 1, ip, host_port);
        return client.is_local();
    })) << client.local_error();
    for (int i = 0; i < 10; ++i)
        client.report(1, 1, ip, host_port, i < 7 ? 0 : 1);
    EXPECT_TRUE(becomes(*_agent, "lars_agent_reports_total{outcome=\"success\"}", 7));
    const std::string page = scrape(*_agent);
    EXPECT_EQ(value_of(page, "lars_agent_reports_total{outcome=\"failure\"}"), 3) << page;
    EXPECT_EQ(value_of(page, "lars_agent_local_choices_total"), 1);
    EXPECT_GE(value_of(page, "lars_agent_choices_total{result=\"host\"}").value_or(0), 2);
    EXPECT_EQ(value_of(page, "lars_agent_local_clients"), 1);
    EXPECT_EQ(value_of(page, "lars_agent_local_modules"), 1);
    EXPECT_EQ(value_of(page, "lars_agent_local_refused_total"), 0);
    EXPECT_EQ(value_of(page, "lars_agent_local_lies_total"), 0);
}

TEST_F(AgentMetrics, OfManyModulesOnlySoManyHaveTheirOwn)
{
    _agent->set("metrics", "modules", "1");
    start();
    for (const int modid : {3, 6, 9})  // of one port
        learn(modid, 0, {"10.0.0.1:80", "10.0.0.2:80"});
    const std::string page = scrape(*_agent);
    EXPECT_EQ(value_of(page, "lars_agent_modules"), 3) << page;
    EXPECT_EQ(value_of(page, "lars_agent_hosts{modid=\"3\",cmdid=\"0\",state=\"idle\"}"), 2);
    EXPECT_EQ(value_of(page, "lars_agent_hosts{modid=\"6\",cmdid=\"0\",state=\"idle\"}"),
              std::nullopt);
    EXPECT_EQ(value_of(page, "lars_agent_hosts{modid=\"other\",cmdid=\"other\",state=\"idle\"}"),
              4);
}

TEST(ReporterMetrics, TellReportsRowsAndWhatIsDropped)
{
    database_server server;
    ASSERT_TRUE(server.start());
    database own(server);
    reporter_service reporter(own.options());
    reporter.set("metrics", "port", "0");
    reporter.set("reporter", "queue_limit", "2");
    ASSERT_TRUE(reporter.start());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(reporter.port()));
    ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, status_message(1, 1, 1, 5)));
    ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, "\xff\xff"));
    EXPECT_TRUE(becomes(reporter, "lars_reporter_rows_stored_total", 1));
    EXPECT_TRUE(
        becomes(reporter, "lars_reporter_rows_dropped_total{reason=\"makes_no_sense\"}", 1));
    EXPECT_EQ(value_of(scrape(reporter), "lars_reporter_reports_total"), 1);

    ASSERT_TRUE(server.stop());
    for (int cmdid = 2; cmdid <= 100; ++cmdid)
        ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, status_message(1, cmdid, 1, 5)));
    EXPECT_TRUE(becomes(reporter, "lars_reporter_reports_total", 100));
    const std::string page = scrape(reporter);
    EXPECT_GT(value_of(page, "lars_reporter_rows_dropped_total{reason=\"queue_full\"}").value_or(0),
              0);
    EXPECT_LE(value_of(page, "lars_reporter_rows_waiting").value_or(100), 2);
    // Whoever had no row to write has not noticed.
    EXPECT_TRUE(wait_until([&] {
        return value_of(scrape(reporter), "lars_reporter_storing_threads_up").value_or(3) < 3;
    }));
}

}  // namespace
}  // namespace lars
