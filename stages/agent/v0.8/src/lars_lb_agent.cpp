#include <cstdio>

#include "main_server.h"

struct load_balance_config lb_config;
route_lb *r_lb[3];
thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;

void create_route_lb()
{
    for (int i = 0; i < 3; i++) {
        r_lb[i] = new route_lb(i + 1);
    }
}

void init_lb_agent()
{
    if (!config_file::setPath("conf/lars_lb_agent.conf")) {
        exit(1);
    }
    read_lb_config();
    create_route_lb();
}

int main()
{
    init_lb_agent();
    report_queue = new thread_queue<lars::ReportStatusRequest>;
    dns_queue = new thread_queue<lars::GetRouteRequest>;

    start_UDP_servers();
    start_report_client();
    start_dns_client();
    printf("done!\n");
    fflush(stdout);
    while (true) {
        sleep(10);
    }
}
