#include "services.h"

#include "dns_route.h"

TEST(Route, ARowThatIsNoHostIsLeftOutWithAMessage)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (id, modid, cmdid, serverip, serverport) VALUES "
                 "(1, 1, 1, 3232235953, 70000), (2, 1, 1, 0, 7777), (3, 1, 1, 3232235953, 0), (4, 1, 1, 3232235953, 7777)");
    kit::service dns("lars_dns", kit::use(database));
    EXPECT_TRUE(dns.printed("lars dns service"));
    EXPECT_TRUE(dns.printed("RouteData id 1: 3232235953:70000 is no host"));
    EXPECT_TRUE(dns.printed("RouteData id 2: 0:7777 is no host"));
    EXPECT_TRUE(dns.printed("RouteData id 3: 3232235953:0 is no host"));
    EXPECT_EQ(std::string::npos, dns.output().find("id 4:"));
}

TEST(Route, TypesAreTheCourses)
{
    host_set hosts;
    hosts.insert((static_cast<uint64_t>(3232235953) << 32) + 7777);
    route_map routes;
    routes[(static_cast<uint64_t>(1) << 32) + 1] = hosts;
    route_map_it route = routes.begin();
    host_set_it host = route->second.begin();
    EXPECT_EQ(7777u, static_cast<uint32_t>(*host));
    EXPECT_EQ(3232235953u, *host >> 32);
}
