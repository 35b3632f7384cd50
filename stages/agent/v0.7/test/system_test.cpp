// The agent with the dns of dns/v0.3 and the reporter of reporter/v0.2.
#include "agent.h"

TEST(System, TheExampleGetsAHostOfTheDatabase)
{
    kit::schema database("../../dns/v0.3/sql/lars_dns.sql");
    database.load("../../dns/v0.3/sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database), "dns/v0.3");
    kit::service agent("lars_lb_agent", kit::upstream(dns.port, kit::free_port()));
    std::string first = kit::tool(agent, {"example", "1", "1"});
    EXPECT_EQ(0u, first.find("get route succ!\n"));
    EXPECT_EQ(std::string::npos, first.find("ip = "));
    std::string second;
    EXPECT_TRUE(kit::eventually([&] {
        second = kit::tool(agent, {"example", "1", "1"});
        return second.find("ip = ") != std::string::npos;
    }));
    EXPECT_EQ("get route succ!\nip = 192.168.1.177, port = 7777\nhost is 192.168.1.177:7777\n", second);
}

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
