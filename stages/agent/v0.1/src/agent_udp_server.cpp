#include <cstdio>
#include <cstdlib>
#include <thread>

#include "main_server.h"

static const unsigned SERVERS = 3;

static void agent_server_main(uint16_t port)
{
    event_loop loop;
    udp_server server(&loop, "127.0.0.1", port);   // only the programs of this machine ask
    printf("agent UDP server :port %u is started...\n", port);
    fflush(stdout);
    loop.event_process();
}

void start_UDP_servers(void)
{
    unsigned port = config_file::instance()->GetNumber("agent", "port", 8888);
    if (port < 1 || port + SERVERS - 1 > 65535) {
        fprintf(stderr, "[agent] port = %u: not a port with %u more above it\n", port, SERVERS - 1);
        exit(1);
    }
    for (unsigned i = 0; i < SERVERS; i++) {
        std::thread(agent_server_main, port + i).detach();
    }
}
