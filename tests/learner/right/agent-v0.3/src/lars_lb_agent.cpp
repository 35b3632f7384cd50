#include <unistd.h>

#include "main_server.h"

thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;

int main()
{
    if (!config_file::setPath("conf/lars_lb_agent.conf")) {
        return 1;
    }
    report_queue = new thread_queue<lars::ReportStatusRequest>;
    dns_queue = new thread_queue<lars::GetRouteRequest>;

    init_lb_agent();

    start_UDP_servers();
    start_report_client();
    start_dns_client();
    printf("done!\n");
    fflush(stdout);
    while (true) {
        sleep(10);
    }
}
