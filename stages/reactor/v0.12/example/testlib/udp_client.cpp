#include "udp_client.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("recv server: [%.*s], msgid: %d, len: %u\n", static_cast<int>(len), data, msgid, len);
    exit(0);
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    udp_client client(&loop, "127.0.0.1", port);

    client.add_msg_router(1, print_message);
    const char *msg = "Hello Lars by UDP!";
    client.send_message(msg, strlen(msg), 1);
    loop.event_process();

    return 0;
}
