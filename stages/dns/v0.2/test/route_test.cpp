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

TEST(Route, WhatIsLeftOutOfAnAnswerIsToldOnceASecond)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) "
                 "SELECT 1, 1, 4294900000 + seq, 60000 FROM seq_1_to_4100");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; i++) {
        ASSERT_TRUE(client.send_frame(1, std::string("\x08\x01\x10\x01", 4)));
        ASSERT_NE("", client.next());
    }
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
    int told = kit::count_of(dns.output(), "of its 4100 hosts fit into an answer");
    EXPECT_GE(told, 1) << dns.output();
    EXPECT_LE(told, seconds + 2);
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
#include "lars.pb.h"

void get_route(const char *data, uint32_t len, int msgid, net_connection *net_conn, void *user_data)
{
    lars::GetRouteRequest req;
    req.ParseFromArray(data, len);
    int modid = req.modid();
    int cmdid = req.cmdid();

    host_set hosts = Route::instance()->get_hosts(modid, cmdid);

    lars::GetRouteResponse rsp;
    rsp.set_modid(modid);
    rsp.set_cmdid(cmdid);
    for (host_set_it it = hosts.begin(); it != hosts.end(); it++) {
        uint64_t ip_port = *it;
        lars::HostInfo host;
        host.set_ip((uint32_t)(ip_port >> 32));
        host.set_port((int)ip_port);
        rsp.add_host()->CopyFrom(host);
    }
    std::string responseString;
    rsp.SerializeToString(&responseString);
    net_conn->send_message(responseString.c_str(), responseString.size(), lars::ID_GetRouteResponse);
}

int main(int argc, char **argv)
{
    event_loop loop;
    config_file::setPath("conf/lars_dns.conf");
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    short port = config_file::instance()->GetNumber("reactor", "port", 7778);
    tcp_server *server = new tcp_server(&loop, ip.c_str(), port);
    server->add_msg_router(lars::ID_GetRouteRequest, get_route);
    loop.event_process();
    return 0;
}
)";

TEST(Course, AMainOfYourOwnLoadsTheRoutesInItsFirstCallback)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::temp_folder folder;
    std::string main = kit::compile(folder, MAIN);
    uint16_t port = kit::free_port();
    folder.write("conf/lars_dns.conf", kit::with_settings(kit::text_of("conf/lars_dns.conf"),
                                                          kit::use(database, {{"reactor.port", std::to_string(port)}})));
    kit::program dns({main}, folder.path);
    ASSERT_TRUE(kit::eventually([&] { return kit::is_served(port); })) << dns.output();
    EXPECT_EQ("", dns.output());
    std::vector<kit::peer> clients;
    for (int i = 0; i < 10; i++) {
        clients.emplace_back(port);
    }
    for (kit::peer &client : clients) {   // they are on several threads, and all these are first callbacks
        client.send_frame(1, std::string("\x08\x01\x10\x01", 4));
    }
    for (kit::peer &client : clients) {
        EXPECT_EQ(std::string("2:\x08\x01\x10\x01\x1a\x0e\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10\xe1\x3c"),
                  client.next());
    }
    EXPECT_EQ(1, kit::count_of(dns.output(), "modID = 1, cmdID = 1, ip = 3232235953, port = 7777\n")) << dns.output();
    EXPECT_EQ(1, database.connections());
}
#endif

TEST(Client, SaysHowItIsCalled)
{
    for (const std::vector<std::string> &arguments : std::vector<std::vector<std::string>>{
             {}, {"-h", "127.0.0.1"}, {"-p", "7778"}, {"-h", "127.0.0.1", "-p", "70000"}, {"-h", "127.0.0.1", "-p", "x"}}) {
        std::vector<std::string> command = {"test/lars_dns_test1"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        kit::program client(command);
        EXPECT_GT(client.wait(), 0);
        EXPECT_TRUE(client.printed("-h IP -p PORT")) << client.output();
    }
}
