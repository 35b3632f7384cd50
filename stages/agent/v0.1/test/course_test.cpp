// Programs as a follower of the course types them. They are compiled once, by the plain tests.
#include "services.h"

#if !KIT_SANITIZED

TEST(Course, TheAgentsMainWorks)
{
    kit::temp_folder folder;
    folder.write("conf/lars_lb_agent.conf", "[agent]\nport = " + std::to_string(kit::free_ports(3)) + "\n");
    std::string program = kit::compile(folder, R"(
#include "main_server.h"
#include "lars.pb.h"

thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;

int main(int argc, char **argv)
{
    config_file::setPath("./conf/lars_lb_agent.conf");
    start_UDP_servers();

    report_queue = new thread_queue<lars::ReportStatusRequest>();
    if (report_queue == NULL) {
        std::cout << "create report queue error, thread_queue" << std::endl;
        return -1;
    }
    start_report_client();

    dns_queue = new thread_queue<lars::GetRouteRequest>();
    start_dns_client();

    std::cout << "done!" << std::endl;
    while (1) {
        sleep(10);
    }
    return 0;
}
)");
    kit::program agent({program}, folder.path);
    EXPECT_TRUE(agent.printed("is started...", 3)) << agent.output();
    EXPECT_TRUE(agent.printed("done!")) << agent.output();
}

#endif
