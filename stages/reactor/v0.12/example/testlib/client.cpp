#include "tcp_client.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("recv server: [%.*s], msgid: %d, len: %u\n", static_cast<int>(len), data, msgid, len);
    if (msgid == 101) {
        exit(0);
    }
}

static void on_connect(net_connection *conn, void *)
{
    const char *msg = "Hello Lars!";
    conn->send_message(msg, strlen(msg), 1);
}

int main(int argc, char **argv)
{
    unsigned short port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    tcp_client client(&loop, "127.0.0.1", port, "client");

    client.add_msg_router(1, print_message);
    client.add_msg_router(101, print_message);
    client.set_conn_start(on_connect);
    loop.event_process();

    return 0;
}
