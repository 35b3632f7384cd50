// Everything together: database, dns, reporter, agent, the client library, real
// backends.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "lars_client.h"
#include "messages.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

class Full : public testing::Test {
protected:
    void SetUp() override
    {
        _database.load(source_path("base/sql/sample.sql"));
        ASSERT_TRUE(_dns.start());
        ASSERT_TRUE(_reporter.start());
        _agent.emplace(_dns.port(), _reporter.port());
    }

    void start_agent()
    {
        ASSERT_TRUE(_agent->start());
        _client = lars_client("127.0.0.1", _agent->port());
        _client.set_deadline(2000);
    }

    void route(std::vector<std::string> words)
    {
        process_options options;
        options.environment = {"LARS_CONF=" + _dns.folder().file("service.conf")};
        words.insert(words.begin(), "route");
        const run_result result = run(source_path("run_lars"), words, options);
        ASSERT_EQ(result.exit_status, 0) << result.output;
    }

    // run_lars with the configuration of the running agent.
    process_options explain_options()
    {
        const std::string conf = read_text(_agent->write_config());
        _agent->folder().write("lars_lb_agent.conf", conf);
        process_options options;
        options.environment = {"LARS_CONF_DIR=" + _agent->folder().path(), "LARS_AGENT="};
        return options;
    }
    run_result explain(std::vector<std::string> words)
    {
        words.insert(words.begin(), "explain");
        return run(source_path("run_lars"), words, explain_options());
    }

    // "10.0.0.1:80", or the return code's name.
    std::string get_host(int modid, int cmdid)
    {
        std::string ip;
        int port = 0;
        const int retcode = _client.get_host(modid, cmdid, ip, port);
        return retcode == lars_client::RET_SUCC ? ip + ":" + std::to_string(port)
                                                : lars_client::retcode_name(retcode);
    }
    std::string get_route(int modid, int cmdid)
    {
        std::vector<lars_client::host> hosts;
        if (const int retcode = _client.get_route(modid, cmdid, hosts))
            return lars_client::retcode_name(retcode);
        std::string text;
        for (const auto &host : hosts)
            text += (text.empty() ? "" : " ") + host.ip + ":" + std::to_string(host.port);
        return text;
    }
    // How often each host is handed out in COUNT choices.
    std::map<std::string, int> choices(int modid, int cmdid, int count)
    {
        std::map<std::string, int> found;
        for (int i = 0; i < count; ++i)
            ++found[get_host(modid, cmdid)];
        return found;
    }

    database _database;
    dns_service _dns{_database.options()};
    reporter_service _reporter{_database.options()};
    std::optional<agent_service> _agent;
    lars_client _client;
};

TEST_F(Full, RouteIsPulledAndHandedOutInTurn)
{
    start_agent();
    EXPECT_EQ(get_host(1, 2), "RET_NOEXIST");
    ASSERT_TRUE(wait_until([&] { return get_host(1, 2) != "RET_NOEXIST"; }));
    EXPECT_EQ(choices(1, 2, 300), (std::map<std::string, int>{{"192.168.1.178:7776", 100},
                                                              {"192.168.1.179:7778", 100},
                                                              {"192.168.1.180:7779", 100}}));
    // Its three tries take 100 ms, in which a busy machine may not get that far.
    EXPECT_TRUE(wait_until([&] { return _client.reg_init(1, 1) == lars_client::RET_SUCC; }));
    EXPECT_EQ(get_host(1, 1), "192.168.1.177:7777");
    EXPECT_EQ(_client.reg_init(77, 77), lars_client::RET_NOEXIST);
}

TEST_F(Full, WeightsReachTheChoiceAndChangeWhileItRuns)
{
    start_agent();
    route({"add", "6", "6", "10.0.0.1:80", "10.0.0.2:80@300"});
    ASSERT_TRUE(wait_until([&] { return get_host(6, 6) != "RET_NOEXIST"; }));
    EXPECT_EQ(choices(6, 6, 400),
              (std::map<std::string, int>{{"10.0.0.1:80", 100}, {"10.0.0.2:80", 300}}));
    route({"weight", "6", "6", "10.0.0.2:80", "100"});
    EXPECT_TRUE(wait_until([&] {
        return choices(6, 6, 40) ==
               std::map<std::string, int>{{"10.0.0.1:80", 20}, {"10.0.0.2:80", 20}};
    }));
    // The agent alone, without a dns, still knows them.
    route({"weight", "6", "6", "10.0.0.2:80", "700"});
    ASSERT_TRUE(wait_until([&] { return choices(6, 6, 80)["10.0.0.1:80"] == 10; }));
    EXPECT_EQ(_agent->stop(), 0);
    EXPECT_EQ(_dns.stop(), 0);
    start_agent();
    EXPECT_EQ(choices(6, 6, 400),
              (std::map<std::string, int>{{"10.0.0.1:80", 50}, {"10.0.0.2:80", 350}}));
}

TEST_F(Full, ChangesByRunLarsRouteArrive)
{
    start_agent();
    EXPECT_EQ(get_route(6, 6), "RET_NOEXIST");
    route({"add", "6", "6", "10.0.0.1:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "10.0.0.1:80"; }));
    route({"add", "6", "6", "10.0.0.2:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "10.0.0.1:80 10.0.0.2:80"; }));
    route({"del", "6", "6", "10.0.0.1:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "10.0.0.2:80"; }));
    EXPECT_EQ(get_host(6, 6), "10.0.0.2:80");
    route({"del", "6", "6"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "RET_NOEXIST"; }));
}

TEST_F(Full, ADrainedHostIsHandedOutNoMoreUntilItIsUndrained)
{
    start_agent();
    route({"add", "6", "6", "10.0.0.1:80", "10.0.0.2:80"});
    const std::string both = "10.0.0.1:80 10.0.0.2:80";
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == both; }));
    route({"drain", "6", "6", "10.0.0.2:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "10.0.0.1:80"; }));
    EXPECT_EQ(choices(6, 6, 20), (std::map<std::string, int>{{"10.0.0.1:80", 20}}));
    // Reports of calls that were under way are no reason to hand it out.
    _client.report(6, 6, "10.0.0.2", 80, 0);
    route({"drain", "6", "6", "10.0.0.1:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == "RET_NOEXIST"; }));
    EXPECT_EQ(get_host(6, 6), "RET_NOEXIST") << "all hosts are drained";
    route({"undrain", "6", "6", "10.0.0.1:80", "10.0.0.2:80"});
    ASSERT_TRUE(wait_until([&] { return get_route(6, 6) == both; }));
    const auto found = choices(6, 6, 20);
    EXPECT_EQ(found.count("10.0.0.1:80"), 1u);
    EXPECT_EQ(found.count("10.0.0.2:80"), 1u);
    EXPECT_EQ(found.size(), 2u);
}

TEST_F(Full, ModulesOnAllThreePortsAreServedFromSeveralThreads)
{
    for (int cmdid = 1; cmdid <= 6; ++cmdid)
        route({"add", "30", std::to_string(cmdid), "10.0.30." + std::to_string(cmdid) + ":80"});
    start_agent();
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            lars_client client("127.0.0.1", _agent->port());
            client.set_deadline(2000);
            for (int cmdid = 1; cmdid <= 6; ++cmdid) {
                const std::string expected = "10.0.30." + std::to_string(cmdid);
                std::string ip;
                int port = 0;
                wait_until([&] { return client.get_host(30, cmdid, ip, port) == 0; });
                for (int i = 0; i < 100; ++i)
                    right += client.get_host(30, cmdid, ip, port) == 0 && ip == expected;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(right, 4 * 6 * 100);
}

TEST_F(Full, OverloadedHostIsSetAsideProbedReportedAndRecovers)
{
    _agent->set("loadbalance", "policy", "course");
    route({"add", "8", "1", "10.0.0.1:80", "10.0.0.2:80"});
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(8, 1) != "RET_NOEXIST"; }));
    // Just after sums were sent: the failures below fall into one interval.
    _client.report(8, 1, "10.0.0.2", 80, 0);
    ASSERT_TRUE(wait_until([&] {
        return _database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 8") != "0";
    }));
    for (int i = 0; i < 15; ++i)
        _client.report(8, 1, "10.0.0.1", 80, 1);
    ASSERT_TRUE(_agent->process().wait_for_output("(8,1) 10.0.0.1:80 is overloaded: calls fail"));
    const auto overloaded = choices(8, 1, 110);
    EXPECT_EQ(overloaded.at("10.0.0.1:80"), 10) << "every 11th choice is a probe";
    EXPECT_EQ(overloaded.at("10.0.0.2:80"), 100);

    const std::string overload = "SELECT overload FROM ServerCallStatus WHERE modid = 8 AND ip = " +
                                 std::to_string(host("10.0.0.1:80").ip);
    EXPECT_TRUE(wait_until([&] { return _database.value(overload) == "1"; }));
    EXPECT_EQ(_database.value("SELECT SUM(err_cnt) FROM ServerCallStatus WHERE modid = 8"), "15");

    for (int i = 0; i < 15; ++i)
        _client.report(8, 1, "10.0.0.1", 80, 0);
    ASSERT_TRUE(_agent->process().wait_for_output("(8,1) 10.0.0.1:80 is idle again"));
    const auto recovered = choices(8, 1, 100);
    EXPECT_EQ(recovered.at("10.0.0.1:80"), 50);
    EXPECT_TRUE(wait_until([&] { return _database.value(overload) == "0"; }));
}

TEST_F(Full, RunLarsExplainSaysWhyAHostIsSetAside)
{
    route({"add", "8", "1", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"});
    start_agent();
    run_result result = explain({"8", "1"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_NE(result.output.find("The agent does not know it"), std::string::npos) << result.output;
    EXPECT_EQ(get_host(8, 1), "RET_NOEXIST") << "to explain it has not made it known";
    ASSERT_TRUE(wait_until([&] { return get_host(8, 1) != "RET_NOEXIST"; }));
    result = explain({"8", "1"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("\n3 hosts, as a dns said "), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("overloaded"), std::string::npos) << result.output;

    const std::string logged = "(8,1) 10.0.0.2:80 is overloaded: ";
    ASSERT_TRUE(wait_until([&] {
        for (int i = 1; i <= 3; ++i)
            _client.report(8, 1, "10.0.0." + std::to_string(i), 80, i == 2 ? 1 : 0);
        return _agent->process().output().find(logged) != std::string::npos;
    }));
    const std::string log = _agent->process().output();
    const size_t at = log.find(logged) + logged.size();
    const std::string reason = log.substr(at, log.find('\n', at) - at);
    result = explain({"8", "1"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("\npolicy adaptive\n"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("\n10.0.0.2:80  overloaded since "), std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("): " + reason + "\n    weight 100, share of the choices 0.0 %"),
              std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("  became overloaded: " + reason + "\n"), std::string::npos)
        << result.output;
    // As it says, so it comes.
    const size_t next = result.output.find("\n   1  ") + 7;
    const std::string first = result.output.substr(next, result.output.find('\n', next) - next);
    EXPECT_EQ(get_host(8, 1), first);
}

TEST_F(Full, RunLarsExplainWatchesOverARestartOfTheAgent)
{
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(1, 1) == "192.168.1.177:7777"; }));
    process watch;
    ASSERT_TRUE(
        watch.start(source_path("run_lars"), {"explain", "1", "1", "--watch"}, explain_options()));
    ASSERT_TRUE(watch.wait_for_output("192.168.1.177:7777  idle since "));
    EXPECT_EQ(_agent->stop(), 0);
    ASSERT_TRUE(watch.wait_for_output("no agent at 127.0.0.1:"));
    ASSERT_TRUE(_agent->start());
    EXPECT_TRUE(watch.wait_for_output("The agent was restarted at "));
    EXPECT_TRUE(watch.wait_for_output("192.168.1.177:7777  idle since ", milliseconds(10000),
                                      watch.output().find("no agent at")));
    watch.signal_group(SIGINT);
    EXPECT_EQ(watch.wait_exit(), 128 + SIGINT);
}

TEST_F(Full, DnsRestartWithoutDatabaseGoesUnnoticed)
{
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(1, 1) == "192.168.1.177:7777"; }));
    EXPECT_EQ(_dns.stop(), 0);
    EXPECT_EQ(get_host(1, 1), "192.168.1.177:7777");
    // Port 1 is nobody's: the database is away for this one.
    _dns.set("mysql", "db_port", "1");
    ASSERT_TRUE(_dns.start());
    // A module that the agent has not asked for yet comes from the snapshot.
    EXPECT_TRUE(wait_until([&] { return get_route(1, 2).find("192.168.1.178:7776") == 0; },
                           milliseconds(20000)));
    EXPECT_EQ(get_host(1, 1), "192.168.1.177:7777");
}

TEST_F(Full, AgentWithTwoDnsGoesOnWithOne)
{
    dns_service other(_database.options());
    ASSERT_TRUE(other.start());
    _agent->unset("dnsserver", "port");
    _agent->set("dnsserver", "addrs",
                "127.0.0.1:" + std::to_string(_dns.port()) +
                    ", 127.0.0.1:" + std::to_string(other.port()));
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(1, 1) == "192.168.1.177:7777"; }));
    _dns.process().kill();
    route({"add", "1", "1", "10.0.0.1:80"});
    EXPECT_TRUE(wait_until([&] { return get_route(1, 1) == "10.0.0.1:80 192.168.1.177:7777"; }));
}

TEST_F(Full, Trap_A17_ModuleOf4100HostsIsCutEverywhereAndStillServed)
{
    std::string rows = "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES ";
    const uint32_t first = host("192.168.100.1:1").ip;
    for (uint32_t i = 0; i < 4100; ++i)
        rows += (i == 0 ? "(40,1," : ",(40,1,") + std::to_string(first + i) + ",7777)";
    _database.exec(rows + "; INSERT INTO RouteChange (modid, cmdid, version) VALUES (40, 1, 1)");
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(40, 1).find("192.168.100.") == 0; }));
    std::vector<lars_client::host> hosts;
    ASSERT_EQ(_client.get_route(40, 1, hosts), lars_client::RET_SUCC);
    EXPECT_GT(hosts.size(), 4000u);
    EXPECT_LT(hosts.size(), 4100u);
    EXPECT_TRUE(_dns.process().wait_for_output("(40,1) has 4100 hosts"));
}

TEST_F(Full, SigtermInTheMiddleOfTrafficStopsEverythingCleanly)
{
    start_agent();
    ASSERT_TRUE(wait_until([&] { return get_host(1, 1) == "192.168.1.177:7777"; }));
    std::atomic<bool> stop{false};
    std::atomic<long> calls{0};
    std::thread traffic([&] {
        lars_client client("127.0.0.1", _agent->port());
        std::string ip;
        int port = 0;
        while (!stop) {
            if (client.get_host(1, 1, ip, port) == 0)
                client.report(1, 1, ip, port, 0, 1);
            ++calls;
        }
    });
    ASSERT_TRUE(wait_until([&] { return calls > 1000; }));
    EXPECT_EQ(_reporter.stop(), 0);
    EXPECT_EQ(_dns.stop(), 0);
    EXPECT_EQ(_agent->stop(), 0);
    stop = true;
    traffic.join();
}

}  // namespace
}  // namespace lars
