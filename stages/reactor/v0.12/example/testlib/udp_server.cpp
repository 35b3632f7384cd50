#include "udp_server.h"

#include <cstdlib>

static void echo_message(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, len, msgid);
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    udp_server server(&loop, "127.0.0.1", port);

    server.add_msg_router(1, echo_message);
    loop.event_process();

    return 0;
}
