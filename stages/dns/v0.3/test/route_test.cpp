#include "services.h"

#include <algorithm>
#include <cstdlib>

#include "dns_route.h"
#include "lars_reactor.h"
#include "subscribe.h"

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

// A change that nobody announces is found when everything is read again, after ten looks. They pass while other tests run.
class unannounced : public testing::Environment {
public:
    void SetUp() override
    {
        database.reset(new kit::schema);
        database->load("sql/dns_route_insert.sql");
        database->run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 9, 0, 9)");
        dns.reset(new kit::service("lars_dns", kit::use(*database)));
        database->run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 9999)");
    }
    void TearDown() override
    {
        dns.reset();
        database.reset();
    }

    std::unique_ptr<kit::schema> database;
    std::unique_ptr<kit::service> dns;
};
static unannounced *const change = static_cast<unannounced *>(testing::AddGlobalTestEnvironment(new unannounced));

// Runs body with a configuration for this schema in a process of its own, where nothing was loaded
// yet and whose failures count. It is given a connection to that schema; the test's is not its own.
static std::string in_a_child(const kit::schema &database, const std::function<void(kit::schema &)> &body)
{
    kit::temp_folder folder;
    folder.write("dns.conf", kit::with_settings(kit::text_of("conf/lars_dns.conf"), kit::use(database)));
    kit::child child([&](uint16_t) {
        config_file::setPath(folder.path + "/dns.conf");
        {
            kit::schema own("");
            own.run("USE " + database.name);
            body(own);
        }
        fflush(stdout);
        if (testing::Test::HasFailure()) {
            _exit(1);
        }
    }, kit::child::NOTHING);
    EXPECT_EQ(0, child.wait()) << child.output();
    return child.output();
}

static const uint64_t MODULE = module_key(1, 1);

TEST(Route, AChangeIsReadAsideAndThenSwappedIn)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    in_a_child(database, [](kit::schema &db) {
        Route *route = Route::instance();
        EXPECT_EQ(1u, route->get_hosts(1, 1).size());
        EXPECT_EQ(0, route->load_version());

        db.run("DELETE FROM RouteChange");
        db.load("test/test_insert_dns_route.sql");
        db.run("INSERT INTO RouteChange (modid, cmdid, version) VALUES (7, 7, 18446744073709551615)");   // of a time to come
        EXPECT_EQ(1, route->load_version());
        EXPECT_EQ(0, route->load_version());
        EXPECT_EQ(0, route->load_route_data());
        EXPECT_EQ(1u, route->get_hosts(1, 1).size());
        route->swap();
        EXPECT_EQ(2u, route->get_hosts(1, 1).size());

        std::vector<uint64_t> changes;
        route->load_changes(changes);
        EXPECT_EQ(std::vector<uint64_t>({MODULE}), changes);
        route->remove_changes();
        EXPECT_EQ("7", db.value("SELECT GROUP_CONCAT(modid) FROM RouteChange"));
        route->remove_changes(true);
        EXPECT_EQ("0", db.value("SELECT COUNT(*) FROM RouteChange"));
    });
}

TEST(Route, AVersionThatGoesBackIsNewToo)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    in_a_child(database, [](kit::schema &db) {
        Route *route = Route::instance();
        db.run("UPDATE RouteVersion SET version = 4294967295");
        EXPECT_EQ(1, route->load_version());
        db.run("UPDATE RouteVersion SET version = 0");
        EXPECT_EQ(1, route->load_version());
        EXPECT_EQ(0, route->load_version());
    });
}

TEST(Route, Trap_D10_ChangesThatCannotBeReadAreNotForgotten)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    in_a_child(database, [](kit::schema &db) {
        Route *route = Route::instance();
        db.load("test/test_insert_dns_route.sql");
        EXPECT_EQ(1, route->load_version());
        db.run("RENAME TABLE RouteChange TO Elsewhere");
        std::vector<uint64_t> changes;
        route->load_changes(changes);
        EXPECT_TRUE(changes.empty());
        db.run("RENAME TABLE Elsewhere TO RouteChange");
        route->remove_changes();                    // they have not been seen
        EXPECT_NE("0", db.value("SELECT COUNT(*) FROM RouteChange WHERE modid = 1 AND cmdid = 1"));
        EXPECT_EQ(1, route->load_version());
        route->load_changes(changes);
        EXPECT_EQ(1, std::count(changes.begin(), changes.end(), module_key(1, 2)));
    });
}

TEST(Route, Trap_D12_WhatIsWrongIsToldOnceAndOnceWhenItIsOver)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    std::string of_the_test = database.value("SELECT CONNECTION_ID()");
    std::string said = in_a_child(database, [&](kit::schema &db) {
        Route *route = Route::instance();
        db.run("KILL " + db.value("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND "
                                  "id NOT IN (CONNECTION_ID(), " + of_the_test + ")"));
        EXPECT_EQ(-1, route->load_version());       // and this is told
        db.run("RENAME TABLE RouteVersion TO Elsewhere");
        EXPECT_EQ(-1, route->load_version());       // all this is not
        db.run("RENAME TABLE RouteData TO Elsewhere2");
        EXPECT_EQ(-1, route->load_route_data());
        EXPECT_EQ(1u, route->get_hosts(1, 1).size());
        db.run("RENAME TABLE Elsewhere TO RouteVersion, Elsewhere2 TO RouteData; DELETE FROM RouteVersion");
        EXPECT_EQ(-1, route->load_version());
        db.load("sql/lars_dns.sql");
        EXPECT_EQ(1, route->load_version());
        EXPECT_EQ(0, route->load_version());
        EXPECT_EQ(0, route->load_version());
        EXPECT_EQ(0, route->load_route_data());
    });
    EXPECT_EQ(1, kit::count_of(said, "RouteVersion: ")) << said;
    EXPECT_EQ(0, kit::count_of(said, "RouteData: ")) << said;
    EXPECT_EQ(1, kit::count_of(said, "all is well again")) << said;
}

TEST(Route, ANumberThatIsMissingIsNone)
{
    kit::schema database;
    database.run("ALTER TABLE RouteChange MODIFY modid INT UNSIGNED, MODIFY cmdid INT UNSIGNED");   // as in some old tables
    database.run("INSERT INTO RouteChange (modid, cmdid, version) VALUES (NULL, NULL, 0), (4294967295, 4294967295, 0)");
    in_a_child(database, [](kit::schema &) {
        std::vector<uint64_t> changes;
        Route::instance()->load_changes(changes);
        EXPECT_EQ(std::vector<uint64_t>({0, UINT64_MAX}), changes);
    });
}

tcp_server *server;   // that of subscribe.cpp

TEST(Subscribe, WhatHasChangedGoesToTheThreadThatHasTheFd)
{
    kit::schema database;
    in_a_child(database, [](kit::schema &) {
        event_loop loop;
        server = new tcp_server(&loop, "127.0.0.1", kit::free_port());
        SubscribeList *list = SubscribeList::instance();
        for (int fd : {100001, 100002, 100003}) {   // no thread of the server has these
            list->subscribe(MODULE, fd);
            list->subscribe(MODULE + 1, fd);
        }
        list->unsubscribe(MODULE, 100003);
        std::vector<uint64_t> changes = {MODULE, MODULE, MODULE + 7};
        list->publish(changes);
        listen_fd_set online = {4, 100001, 100003};
        publish_map need;
        list->make_publish_map(online, need);
        EXPECT_EQ(publish_map({{100001, {MODULE}}}), need);
        need.clear();
        list->make_publish_map(online, need);       // each is sent once
        EXPECT_TRUE(need.empty());
        online = {100002};
        list->make_publish_map(online, need);
        EXPECT_EQ(publish_map({{100002, {MODULE}}}), need);
    });
}

TEST(Subscribe, Trap_D3_WhoHasLeftIsNotInThePushListEither)
{
    kit::schema database;
    in_a_child(database, [](kit::schema &) {
        event_loop loop;
        server = new tcp_server(&loop, "127.0.0.1", kit::free_port());
        SubscribeList *list = SubscribeList::instance();
        list->subscribe(MODULE, 100001);
        std::vector<uint64_t> changes = {MODULE};
        list->publish(changes);
        list->unsubscribe(MODULE, 100001);          // it leaves while the push is under way
        listen_fd_set online = {100001};            // and the next client has its number
        publish_map need;
        list->make_publish_map(online, need);
        EXPECT_TRUE(need.empty());
        list->unsubscribe(MODULE, 100001);          // once more does no harm
    });
}

TEST(Dns, AClientThatNeverReadsIsClosedAndForgotten)
{
    kit::schema database;
    database.run("INSERT INTO RouteData (modid, cmdid, serverip, serverport) "
                 "SELECT 1, 1, 4294900000 + seq, 60000 FROM seq_1_to_4000");
    kit::service dns("lars_dns", kit::use(database));
    kit::peer client(dns.port);
    std::string ask = kit::frame(1, std::string("\x08\x01\x10\x01", 4)), all;
    for (int i = 0; i < 1000; i++) {                // 64 MB of answers
        all += ask;
    }
    client.send(all);
    EXPECT_TRUE(client.closed());
    kit::peer other(dns.port);
    other.send_frame(1, std::string("\x08\x01\x10\x02", 4));
    EXPECT_EQ(std::string("2:\x08\x01\x10\x02"), other.next());
}

TEST(Dns, AChangeThatNobodyAnnouncesIsFoundByAFullReload)
{
    EXPECT_TRUE(change->dns->printed("load data to tmep") || change->dns->printed("load data to tmep succ! size is 2\n"))
        << change->dns->output();
    kit::peer client(change->dns->port);
    client.send_frame(1, std::string("\x08\x01\x10\x01", 4));
    EXPECT_EQ(2u + 4 + 2 * 16, client.next().size());
    EXPECT_EQ(1, kit::count_of(change->dns->output(), "now route version is"));
    EXPECT_EQ(1, kit::count_of(change->dns->output(), "0:9 is no host"));
}

#if !KIT_SANITIZED   // it is compiled against the stage's own library, which is the same each time
static const char *const MAIN = R"(
#include "lars_reactor.h"
#include "subscribe.h"
#include "dns_route.h"
#include "lars.pb.h"
#include <pthread.h>

tcp_server *server;

typedef std::unordered_set<uint64_t> client_sub_mod_list;

void get_route(const char *data, uint32_t len, int msgid, net_connection *net_conn, void *user_data)
{
    lars::GetRouteRequest req;
    req.ParseFromArray(data, len);
    int modid = req.modid();
    int cmdid = req.cmdid();

    uint64_t mod = (((uint64_t)modid) << 32) + cmdid;
    client_sub_mod_list *sub_list = (client_sub_mod_list *)net_conn->param;
    if (sub_list != NULL && sub_list->find(mod) == sub_list->end()) {
        sub_list->insert(mod);
        SubscribeList::instance()->subscribe(mod, net_conn->get_fd());
    }

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

void create_subscribe(net_connection *conn, void *args)
{
    conn->param = new client_sub_mod_list;
}

void clear_subscribe(net_connection *conn, void *args)
{
    client_sub_mod_list *sub_list = (client_sub_mod_list *)conn->param;
    for (client_sub_mod_list::iterator it = sub_list->begin(); it != sub_list->end(); it++) {
        SubscribeList::instance()->unsubscribe(*it, conn->get_fd());
    }
    delete sub_list;
    conn->param = NULL;
}

int main(int argc, char **argv)
{
    event_loop loop;
    config_file::setPath("conf/lars_dns.conf");
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    short port = config_file::instance()->GetNumber("reactor", "port", 7778);

    server = new tcp_server(&loop, ip.c_str(), port);
    server->set_conn_start(create_subscribe);
    server->set_conn_close(clear_subscribe);
    server->add_msg_router(lars::ID_GetRouteRequest, get_route);

    pthread_t tid;
    int ret = pthread_create(&tid, NULL, check_route_changes, NULL);
    if (ret == -1) {
        perror("pthread_create backendThread");
        exit(1);
    }
    pthread_detach(tid);

    printf("lars dns service ....\n");
    loop.event_process();
    return 0;
}
)";

// The course's client, whose main has no server.
static const char *const CLIENT = R"(
#include "lars_reactor.h"
#include "lars.pb.h"
#include <string.h>
#include <unistd.h>

struct Option {
    Option() : ip(NULL), port(0) {}
    char *ip;
    short port;
};
Option option;

void parse_option(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0) {
            option.ip = argv[i + 1];
        } else if (strcmp(argv[i], "-p") == 0) {
            option.port = atoi(argv[i + 1]);
        }
    }
}

void on_connection(net_connection *conn, void *args)
{
    lars::GetRouteRequest req;
    req.set_modid(1);
    req.set_cmdid(1);
    std::string requestString;
    req.SerializeToString(&requestString);
    conn->send_message(requestString.c_str(), requestString.size(), lars::ID_GetRouteRequest);
}

void deal_get_route(const char *data, uint32_t len, int msgid, net_connection *net_conn, void *user_data)
{
    lars::GetRouteResponse rsp;
    rsp.ParseFromArray(data, len);
    printf("modid = %d\n", rsp.modid());
    printf("cmdid = %d\n", rsp.cmdid());
    printf("host_size = %d\n", rsp.host_size());
    for (int i = 0; i < rsp.host_size(); i++) {
        printf("-->ip = %u\n", rsp.host(i).ip());
        printf("-->port = %d\n", rsp.host(i).port());
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    parse_option(argc, argv);
    event_loop loop;
    tcp_client *client = new tcp_client(&loop, option.ip, option.port, "lars_dns_test1");
    client->set_conn_start(on_connection);
    client->add_msg_router(lars::ID_GetRouteResponse, deal_get_route);
    loop.event_process();
    return 0;
}
)";

TEST(Course, MainsOfYourOwnServeAndHearOfAChange)
{
    kit::schema database;
    database.load("sql/dns_route_insert.sql");
    kit::temp_folder folder, folder_of_client;
    std::string main = kit::compile(folder, MAIN), client_main = kit::compile(folder_of_client, CLIENT);
    uint16_t port = kit::free_port();
    folder.write("conf/lars_dns.conf", kit::with_settings(kit::text_of("conf/lars_dns.conf"),
                                                          kit::use(database, {{"reactor.port", std::to_string(port)}})));
    kit::program dns({main}, folder.path);
    ASSERT_TRUE(dns.printed("modID = 1, cmdID = 2, ip = 3232235956, port = 7779\n")) << dns.output();
    kit::program client({client_main, "-h", "127.0.0.1", "-p", std::to_string(port)});
    EXPECT_TRUE(client.printed("modid = 1\ncmdid = 1\nhost_size = 1\n-->ip = 3232235953\n-->port = 7777\n")) << client.output();
    database.load("test/test_insert_dns_route.sql");
    EXPECT_TRUE(client.printed("host_size = 2\n-->ip = 3232235953\n-->port = 7777\n-->ip = 3232235953\n-->port = 9999\n"))
        << client.output();
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
