// The agent with the dns of dns/v0.3 and the reporter of reporter/v0.2.
#include "agent.h"

#include "lars_api.h"

static void change_route(kit::schema &database, const std::string &statement)
{
    database.run("START TRANSACTION; " + statement +
                 "; UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;"
                 "INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, version FROM RouteVersion WHERE id = 1; COMMIT");
}

TEST(System, ASecondChangeArrivesThoughTheDnsWasRestarted)
{
    kit::schema database("../../dns/v0.3/sql/lars_dns.sql");
    database.load("../../dns/v0.3/sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database), "dns/v0.3");
    kit::service agent("lars_lb_agent", kit::upstream(dns.port, kit::free_port(), {{"loadbalance.update_timeout", "1"}}));
    kit::asker program(agent.port, 1, 1);
    EXPECT_EQ(kit::host_text(kit::FIRST_IP, 7777), program.first_host());
    change_route(database, "UPDATE RouteData SET serverport = 8001 WHERE modid = 1 AND cmdid = 1");
    EXPECT_TRUE(kit::eventually([&] { return program.host() == kit::host_text(kit::FIRST_IP, 8001); }));
    dns.kill();
    change_route(database, "UPDATE RouteData SET serverport = 8002 WHERE modid = 1 AND cmdid = 1");
    EXPECT_EQ(kit::host_text(kit::FIRST_IP, 8001), program.host());   // what is known is good enough meanwhile
    dns.restart();
    EXPECT_TRUE(kit::eventually([&] { return program.host() == kit::host_text(kit::FIRST_IP, 8002); }));
    // And it is subscribed to again: a third change is pushed.
    change_route(database, "UPDATE RouteData SET serverport = 8003 WHERE modid = 1 AND cmdid = 1");
    EXPECT_TRUE(kit::eventually([&] { return program.host() == kit::host_text(kit::FIRST_IP, 8003); }));
}

// Everything: the database, dns, reporter and agent, and a program that calls.
struct whole_system {
    explicit whole_system(const kit::settings &more = kit::settings())
        : database("../../reporter/v0.2/sql/lars_dns.sql"), dns("lars_dns", kit::use(loaded(database)), "dns/v0.3"),
          // One thread: with more of them an older report may overwrite a newer one, as its limit says.
          reporter("lars_reporter", kit::use(database, {{"reporter.db_thread_cnt", "1"}}), "reporter/v0.2"),
          agent("lars_lb_agent", kit::upstream(dns.port, reporter.port, more))
    {
        kit::asker(agent.port, 1, 2).first_host();   // the agent has found its dns, and knows these two
        kit::asker(agent.port, 1, 1).first_host();
    }
    static kit::schema &loaded(kit::schema &database)
    {
        database.load("../../dns/v0.3/sql/lars_dns.sql");
        database.load("../../dns/v0.3/sql/dns_route_insert.sql");
        return database;
    }
    kit::schema database;
    kit::service dns, reporter, agent;
};

TEST(System, AHostFailsAndRecoversAndTheDatabaseKnows)
{
    whole_system lars(kit::settings{{"loadbalance.probe_num", "2"}});
    lars_client client("127.0.0.1", lars.agent.port);
    ASSERT_EQ(0, client.reg_init(1, 2));
    bool dead = true;   // 192.168.1.178
    std::map<std::string, int> calls;
    auto call = [&](int times) {
        calls.clear();
        for (int i = 0; i < times; i++) {
            std::string ip;
            int port;
            ASSERT_EQ(0, client.get_host(1, 2, ip, port));
            calls[ip]++;
            client.report(1, 2, ip, port, dead && ip == "192.168.1.178");
        }
    };
    call(60);
    EXPECT_TRUE(lars.agent.printed("[1, 2] host 192.168.1.178:7776 change overload, succ")) << lars.agent.output();
    call(30);
    EXPECT_EQ(10, calls["192.168.1.178"]);   // every third choice tries it
    EXPECT_EQ(10, calls["192.168.1.179"]);
    EXPECT_TRUE(kit::eventually([&] {
        return lars.database.value("SELECT overload FROM ServerCallStatus WHERE modid = 1 AND cmdid = 2 AND ip = 3232235954") == "1";
    }));
    dead = false;
    call(60);
    EXPECT_TRUE(lars.agent.printed("[1, 2] host 192.168.1.178:7776 change idle, succ")) << lars.agent.output();
    call(30);
    EXPECT_EQ(10, calls["192.168.1.178"]);
    EXPECT_EQ(10, calls["192.168.1.180"]);
    EXPECT_TRUE(kit::eventually([&] {
        return lars.database.value("SELECT overload FROM ServerCallStatus WHERE modid = 1 AND cmdid = 2 AND ip = 3232235954") == "0";
    }));
    EXPECT_EQ("3", lars.database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE modid = 1 AND cmdid = 2"));
    EXPECT_EQ("0", lars.database.value("SELECT COUNT(*) FROM ServerCallStatus WHERE port NOT IN (7776, 7778, 7779)"));
}

TEST(System, AChangeOfARouteIsPushedToThePrograms)
{
    whole_system lars;
    lars_client client("127.0.0.1", lars.agent.port);
    ASSERT_EQ(0, client.reg_init(1, 1));
    change_route(lars.database, "UPDATE RouteData SET serverport = 9999 WHERE modid = 1 AND cmdid = 1");
    std::string ip;
    int port = 0;
    EXPECT_TRUE(kit::eventually([&] { return client.get_host(1, 1, ip, port) == 0 && port == 9999; }));
}

TEST(System, TheTools)
{
    whole_system lars;
    int status = -1;
    EXPECT_EQ("get route succ!\nip = 192.168.1.177, port = 7777\nhost is 192.168.1.177:7777\n",
              kit::tool(lars.agent, {"example", "1", "1"}, &status));
    EXPECT_EQ(0, status);
    EXPECT_EQ("host is 192.168.1.177:7777\n", kit::tool(lars.agent, {"get_host", "1", "1"}, &status));
    EXPECT_EQ(0, status);
    EXPECT_EQ("ip = 192.168.1.177, port = 7777\n", kit::tool(lars.agent, {"get_route", "1", "1"}));
    EXPECT_EQ("report modid = 1, cmdid = 1 | 192.168.1.177:7777 SUCC\n", kit::tool(lars.agent, {"report", "1", "1", "192.168.1.177", "7777", "0"}));
    EXPECT_EQ("report modid = 1, cmdid = 1 | 192.168.1.177:7777 OVERLOAD\n",
              kit::tool(lars.agent, {"report", "1", "1", "192.168.1.177", "7777", "1"}));
    EXPECT_TRUE(kit::eventually([&] {
        return lars.database.value("SELECT succ_cnt, err_cnt, overload FROM ServerCallStatus WHERE modid = 1 AND cmdid = 1") == "2 1 0";
    }));   // one of the example
    EXPECT_EQ("ip : 192.168.1.177:7777: success: 5; error: 0\n", kit::tool(lars.agent, {"simulator", "1", "1", "0", "5"}));
    EXPECT_EQ("ip : 192.168.1.177:7777: success: 0; error: 5\n", kit::tool(lars.agent, {"simulator", "1", "1", "10", "5"}));
    kit::tool(lars.agent, {"get_host", "7", "7"}, &status);   // there is no such module
    EXPECT_EQ(3, status);
    for (const char *name : {"example", "get_host", "get_route", "report", "simulator", "qps"}) {
        EXPECT_EQ(0u, kit::tool(lars.agent, {name}, &status).find("usage: ")) << name;
        EXPECT_NE(0, status) << name;
    }
}

TEST(System, QpsCountsEachSecond)
{
    whole_system lars;
    kit::program qps({"/usr/bin/env", "LARS_AGENT_PORT=" + std::to_string(lars.agent.port), kit::stage_path("api/cpp/example/qps"), "1"});
    EXPECT_TRUE(qps.printed("thread:[0] --> qps = [", 2)) << qps.output();
    EXPECT_NE(std::string::npos, qps.output().find("], average = ["));
}

// run_lars starts the three in the foreground, each in its own folder with the conf/ there.
TEST(System, RunLarsRunsEverything)
{
    kit::schema database("../../reporter/v0.2/sql/lars_dns.sql");
    whole_system::loaded(database);
    kit::temp_folder folder;
    uint16_t dns_port = kit::free_ports(2), agent_port = kit::free_ports(3);
    std::string reporter_port = std::to_string(dns_port + 1);
    struct part {
        const char *folder, *name;
        kit::settings values;
    };
    const std::vector<part> parts = {
        {"dns/v0.3", "lars_dns", kit::use(database, {{"reactor.port", std::to_string(dns_port)}})},
        {"reporter/v0.2", "lars_reporter", kit::use(database, {{"reactor.port", reporter_port}})},
        {"agent/here", "lars_lb_agent",
         {{"agent.port", std::to_string(agent_port)}, {"dnsserver.port", std::to_string(dns_port)}, {"reporter.port", reporter_port}}}};
    for (const part &p : parts) {
        std::string from = std::string(p.folder) == "agent/here" ? "." : std::string("../../") + p.folder;
        folder.write(std::string(p.folder) + "/conf/" + p.name + ".conf",
                     kit::with_settings(kit::text_of(from + "/conf/" + p.name + ".conf"), p.values));
        std::string bin = folder.path + "/" + p.folder + "/bin";
        ASSERT_EQ(0, symlink(kit::absolute(from + "/bin").c_str(), bin.c_str()));
    }
    ASSERT_EQ(0, symlink(kit::absolute("api").c_str(), (folder.path + "/agent/here/api").c_str()));
    const std::string run_lars = folder.path + "/agent/here/run_lars";
    folder.write("agent/here/run_lars", kit::text_of("run_lars"));
    auto run = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"/usr/bin/env", "LARS_AGENT_PORT=" + std::to_string(agent_port), "bash", run_lars});
        return words;
    };
    kit::program dns(run({"dns"})), reporter(run({"reporter"}));
    EXPECT_TRUE(dns.printed_line("lars dns service ....")) << dns.output();
    EXPECT_TRUE(kit::eventually([&] { return kit::is_served(static_cast<uint16_t>(dns_port + 1)); })) << reporter.output();
    kit::program agent(run({"lbagent"}));
    EXPECT_TRUE(agent.printed_line("done!")) << agent.output();
    EXPECT_TRUE(kit::eventually([&] {
        kit::program tool(run({"test", "gethost", "1", "1"}));
        tool.wait();
        return tool.output() == "host is 192.168.1.177:7777\n";
    }));
    kit::program getroute(run({"test", "getroute", "1", "1"}));
    EXPECT_EQ(0, getroute.wait());
    EXPECT_EQ("ip = 192.168.1.177, port = 7777\n", getroute.output());

    kit::program help(run({"help"}));
    EXPECT_EQ(0, help.wait());
    for (const char *word : {"reporter", "dns", "lbagent", "test", "gethost", "getroute", "report", "simulator", "qps", "example", "help"}) {
        EXPECT_NE(std::string::npos, help.output().find(word)) << word;
    }
    kit::program nonsense(run({"nonsense"}));
    EXPECT_GT(nonsense.wait(), 0);
    EXPECT_NE(std::string::npos, nonsense.output().find("nonsense"));
}
