// Services that are there but do not answer, stopped with SIGSTOP, and an agent that has
// another one to turn to.
#include <gtest/gtest.h>

#include "lars_client.h"
#include "messages.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

class SilentPeer : public testing::Test {
protected:
    static constexpr int MODULES = 30;

    void SetUp() override
    {
        std::string rows = "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES ";
        for (int i = 1; i <= MODULES; ++i)
            rows += (i == 1 ? "(" : ",(") + std::to_string(i) + ",1,167772161,80)";
        _database.exec(rows);
        ASSERT_TRUE(_dns.start() && _other_dns.start());
        // What comes later is stored later.
        _reporter.set("reactor", "threadNum", "0");
        _reporter.set("reporter", "db_thread_cnt", "1");
        ASSERT_TRUE(_reporter.start() && _other_reporter.start());
    }

    static std::string both(const running_service &first, const running_service &second)
    {
        return "127.0.0.1:" + std::to_string(first.port()) +
               ", 127.0.0.1:" + std::to_string(second.port());
    }
    void start(agent_service &agent)
    {
        agent.unset("dnsserver", "port");
        agent.set("dnsserver", "addrs", both(_dns, _other_dns));
        agent.unset("reporter", "port");
        agent.set("reporter", "addrs", both(_reporter, _other_reporter));
        ASSERT_TRUE(agent.start());
    }
    // One call of the module's host, so that no second one counts in another interval.
    void call(agent_service &agent, int modid, int retcode = 0)
    {
        lars_client client("127.0.0.1", agent.port());
        std::string ip;
        int port = 0;
        ASSERT_TRUE(wait_until([&] { return client.get_host(modid, 1, ip, port) == 0; }));
        client.report(modid, 1, ip, port, retcode);
        // Its answer comes after the report was handled.
        ASSERT_EQ(client.get_host(modid, 1, ip, port), 0);
    }
    // How many rows there are, with how many successes and failures.
    std::string stored()
    {
        return _database.value("SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(succ_cnt), 0), ' ',"
                               " COALESCE(SUM(err_cnt), 0)) FROM ServerCallStatus");
    }
    bool stored_becomes(const std::string &expected, milliseconds within = milliseconds(20000))
    {
        return wait_until([&] { return stored() == expected; }, within);
    }

    database _database;
    dns_service _dns{_database.options()};
    dns_service _other_dns{_database.options()};
    reporter_service _reporter{_database.options()};
    reporter_service _other_reporter{_database.options()};
    agent_service _agent{0, 0};
};

TEST_F(SilentPeer, WhatAHungReporterDoesNotStoreAnotherOneDoesOnce)
{
    start(_agent);
    for (int i = 1; i <= 10; ++i)
        call(_agent, i);
    ASSERT_TRUE(stored_becomes("10 10 0"));
    _reporter.process().pause();
    for (int i = 11; i <= 20; ++i)
        call(_agent, i);
    EXPECT_TRUE(stored_becomes("20 20 0", milliseconds(8000))) << stored();
    call(_agent, 11, 1);
    for (int i = 21; i <= MODULES; ++i)
        call(_agent, i);
    EXPECT_TRUE(stored_becomes("30 29 1")) << stored();

    // It reads what it has got, and this after it.
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(_reporter.port()));
    ReportStatusRequest last;
    last.set_modid(MODULES + 1);
    last.add_results()->set_ip(1);
    last.mutable_results(0)->set_port(1);
    ASSERT_TRUE(peer.send_frame(ID_ReportStatusRequest, last.SerializeAsString()));
    _reporter.process().resume();
    EXPECT_TRUE(stored_becomes("31 29 1")) << stored();
    EXPECT_EQ(_reporter.stop(), 0);
    EXPECT_EQ(_other_reporter.stop(), 0);
    EXPECT_EQ(stored(), "31 29 1") << "what it had got is older than what the other one stored";
    EXPECT_EQ(_reporter.process().output().find(" 11 rows stored"), std::string::npos)
        << "it had got something";
}

TEST_F(SilentPeer, AHungReporterIsLeftAlsoIfItHungWhenTheAgentStarted)
{
    _reporter.process().pause();
    start(_agent);
    for (int i = 1; i <= 10; ++i)
        call(_agent, i);
    EXPECT_TRUE(stored_becomes("10 10 0")) << stored();
    _reporter.process().resume();
}

TEST_F(SilentPeer, AHungDnsIsLeftForOneThatAnswers)
{
    start(_agent);
    call(_agent, 1);
    _dns.process().pause();
    const auto silent_since = clock::now();
    // Nobody asks for this one, and so only a question of the agent's own finds out.
    EXPECT_TRUE(_agent.process().wait_for_output("does not answer"));
    EXPECT_LT(clock::now() - silent_since, milliseconds(3500));
    const auto left = clock::now();
    call(_agent, 2);
    EXPECT_LT(clock::now() - left, milliseconds(2000));
    _dns.process().resume();
}

TEST_F(SilentPeer, TheAgentEndsThoughItsReportersHang)
{
    start(_agent);
    call(_agent, 1);
    ASSERT_TRUE(stored_becomes("1 1 0"));
    _reporter.process().pause();
    _other_reporter.process().pause();
    call(_agent, 2);
    const auto before = clock::now();
    EXPECT_EQ(_agent.stop(), 0);
    EXPECT_LT(clock::now() - before, milliseconds(3000));
    _reporter.process().resume();
    _other_reporter.process().resume();
}

TEST_F(SilentPeer, AgentsBehindOneAddressAreToldApartByTheirCaller)
{
    agent_service other(0, 0);
    other.set("agent", "caller", "10.9.9.9");
    start(_agent);
    start(other);
    call(_agent, 1);
    call(other, 1);
    EXPECT_TRUE(wait_until([&] {
        return _database.value("SELECT GROUP_CONCAT(INET_NTOA(caller) ORDER BY caller)"
                               " FROM ServerCallStatus") == "10.9.9.9,127.0.0.1";
    })) << stored();
}

}  // namespace
}  // namespace lars
