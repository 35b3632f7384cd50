#include <cstdio>
#include <thread>

#include "main_server.h"

static void report_client_main()
{
    printf("report client thread start\n");
    fflush(stdout);
    event_loop loop;
    loop.event_process();
}

void start_report_client(void)
{
    std::thread(report_client_main).detach();
}
