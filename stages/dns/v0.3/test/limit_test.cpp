// The known limit of v0.1: it knows the routes, but answers nobody. v0.2 does:
// Dns.AnswersWithTheHostsOfAModule.
#include "services.h"

TEST(Limit, ALookupIsNotAnswered)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    ASSERT_TRUE(client.send_frame(1, std::string("\x08\x01\x10\x01", 4)));   // GetRouteRequest (1,1)
    EXPECT_TRUE(client.silent());
}
