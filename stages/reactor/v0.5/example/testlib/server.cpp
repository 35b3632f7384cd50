#include "tcp_server.h"

#include <cstdlib>

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);

    loop.event_process();

    return 0;
}
