// Programs as a follower of the course types them. They are compiled once, by the plain tests.
#include "agent.h"

#if !KIT_SANITIZED

TEST(Course, TheAgentsMainWorks)
{
    kit::temp_folder folder;
    kit::scripted_server dns, reporter;
    uint16_t port = kit::free_ports(3);
    folder.write("conf/lars_lb_agent.conf", kit::with_settings(kit::text_of("conf/lars_lb_agent.conf"),
                                                               kit::upstream(dns.port(), reporter.port(), {{"agent.port", std::to_string(port)}})));
    kit::program agent({kit::compile(folder, R"(
#include "main_server.h"
#include "lars.pb.h"

struct load_balance_config lb_config;
thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;
route_lb *r_lb[3];

void create_route_lb()
{
    for (int i = 0; i < 3; i++) {
        int id = i + 1;
        r_lb[i] = new route_lb(id);
        if (r_lb[i] == NULL) {
            fprintf(stderr, "no more space to new route_lb\n");
            exit(1);
        }
    }
}

static void init_lb_agent()
{
    config_file::setPath("./conf/lars_lb_agent.conf");
    lb_config.probe_num = config_file::instance()->GetNumber("loadbalance", "probe_num", 10);
    lb_config.init_succ_cnt = config_file::instance()->GetNumber("loadbalance", "init_succ_cnt", 180);
    lb_config.err_rate = config_file::instance()->GetFloat("loadbalance", "err_rate", 0.1);
    lb_config.succ_rate = config_file::instance()->GetFloat("loadbalance", "succ_rate", 0.95);
    lb_config.contin_succ_limit = config_file::instance()->GetNumber("loadbalance", "contin_succ_limit", 15);
    lb_config.contin_err_limit = config_file::instance()->GetNumber("loadbalance", "contin_err_limit", 15);
    struct in_addr inaddr;
    inet_aton("127.0.0.1", &inaddr);
    lb_config.local_ip = ntohl(inaddr.s_addr);
    create_route_lb();
}

int main(int argc, char **argv)
{
    init_lb_agent();
    start_UDP_servers();

    report_queue = new thread_queue<lars::ReportStatusRequest>();
    start_report_client();
    dns_queue = new thread_queue<lars::GetRouteRequest>();
    start_dns_client();

    std::cout << "done!" << std::endl;
    while (1) {
        sleep(10);
    }
    return 0;
}
)")}, folder.path);
    ASSERT_TRUE(agent.printed("done!")) << agent.output();
    ASSERT_TRUE(kit::eventually([&] { return kit::is_served(kit::port_of(port, 1, 1)); }));
    kit::asker program(port, 1, 1);
    EXPECT_EQ("retcode 3", program.host());
    ASSERT_TRUE(kit::eventually([&] { program.host(); return !dns.connection().ok() ? dns.accept() : true; }));
    ASSERT_EQ("1,1", dns.next_request());
    dns.answer(1, 1, {{10, 80}});
    EXPECT_EQ("10:80", program.first_host());
}

// It is compiled as a program is that has only the API: without the reactor and its headers.
TEST(Course, TheExampleNeedsOnlyTheApi)
{
    kit::temp_folder folder;
    folder.write("example.cpp", R"(
#include "lars_api.h"
#include <iostream>

void usage()
{
    printf("usage: ./example [modid] [cmdid]\n");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        usage();
        return 1;
    }
    int modid = atoi(argv[1]);
    int cmdid = atoi(argv[2]);
    lars_client api;
    std::string ip;
    int port;
    int ret = api.get_host(modid, cmdid, ip, port);
    if (ret == 0) {
        std::cout << "host is " << ip << ":" << port << std::endl;
        api.report(modid, cmdid, ip, port, 0);
    }
    usleep(1000);
    return 0;
}
)");
    std::string command = "timeout 120 g++ -std=c++17 -Iapi/cpp/lars_api " + folder.path +
                          "/example.cpp api/cpp/lib/liblarsclient.a -lprotobuf -pthread -o " + folder.path + "/example";
    EXPECT_EQ(0, system(command.c_str()));
    kit::program run({folder.path + "/example", "1", "1"});
    EXPECT_EQ(0, run.wait()) << run.output();
}

#endif
