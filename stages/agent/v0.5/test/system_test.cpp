// The agent with the dns of dns/v0.3 and the reporter of reporter/v0.2.
#include "agent.h"

TEST(System, TheExampleGetsAHostOfTheDatabase)
{
    kit::schema database("../../dns/v0.3/sql/lars_dns.sql");
    database.load("../../dns/v0.3/sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database), "dns/v0.3");
    kit::service agent("lars_lb_agent", kit::upstream(dns.port, kit::free_port()));
    EXPECT_EQ("", kit::tool(agent, {"example", "1", "1"}));
    std::string second;
    EXPECT_TRUE(kit::eventually([&] {
        second = kit::tool(agent, {"example", "1", "1"});
        return !second.empty();
    }));
    EXPECT_EQ("host is 192.168.1.177:7777\n", second);
}
