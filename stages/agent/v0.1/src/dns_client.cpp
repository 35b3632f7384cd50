#include <cstdio>
#include <thread>

#include "main_server.h"

static void dns_client_main()
{
    printf("dns client thread start\n");
    fflush(stdout);
    event_loop loop;
    loop.event_process();
}

void start_dns_client(void)
{
    std::thread(dns_client_main).detach();
}
