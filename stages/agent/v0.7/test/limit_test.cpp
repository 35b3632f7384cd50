// The known limit of v0.7: the first ask of a program fails, though there are hosts. v0.8:
// LarsClient.AModuleThatIsRegisteredIsThereAtOnce.
#include "agent.h"

#include "lars_api.h"

TEST(Limit, TheFirstAskFails)
{
    kit::schema database("../../dns/v0.3/sql/lars_dns.sql");
    database.load("../../dns/v0.3/sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database), "dns/v0.3");
    kit::service agent("lars_lb_agent", kit::upstream(dns.port, kit::free_port()));
    lars_client client("127.0.0.1", agent.port);
    std::string ip;
    int port;
    EXPECT_EQ(3, client.get_host(1, 1, ip, port));
    EXPECT_TRUE(kit::eventually([&] { return client.get_host(1, 1, ip, port) == 0; }));
}
