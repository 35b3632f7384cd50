#include "services.h"

#include <cstdlib>

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

#if !KIT_SANITIZED   // it is compiled against the stage's own library, which is the same each time
static const char *const MAIN = R"(
#include "lars_reactor.h"
#include "dns_route.h"
#include <mysql.h>

int main(int argc, char **argv)
{
    event_loop loop;
    config_file::setPath("conf/lars_dns.conf");
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    short port = config_file::instance()->GetNumber("reactor", "port", 7778);
    tcp_server *server = new tcp_server(&loop, ip.c_str(), port);
    Route::instance();
    printf("lars dns service ....\n");
    fflush(stdout);
    loop.event_process();
    return 0;
}
)";

TEST(Course, AMainOfYourOwnLoadsTheRoutes)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::temp_folder folder;
    std::string main = kit::compile(folder, MAIN), port = std::to_string(kit::free_port());
    folder.write("conf/lars_dns.conf",
                 kit::with_settings(kit::text_of("conf/lars_dns.conf"), kit::use(database, {{"reactor.port", port}})));
    kit::program dns({main}, folder.path);
    EXPECT_TRUE(dns.printed_line("lars dns service ....")) << dns.output();
    EXPECT_TRUE(dns.printed("modID = 1, cmdID = 1, ip = 3232235953, port = 7777\n"));
}
#endif
