#include "tcp_client.h"

#include <cstdio>
#include <cstdlib>

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("recv server: [%.*s], msgid: %d, len: %u\n", static_cast<int>(len), data, msgid, len);
    exit(0);
}

int main(int argc, char **argv)
{
    unsigned short port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    tcp_client client(&loop, "127.0.0.1", port, "client");

    client.add_msg_router(101, print_message);
    loop.event_process();

    return 0;
}
