#include "tcp_server.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

static void echo_message(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, len, msgid);
}

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("recv client: [%.*s], msgid: %d, len: %u\n", static_cast<int>(len), data, msgid, len);
    fflush(stdout);
}

static void on_client_build(net_connection *conn, void *)
{
    const char *msg = "welcome! you online..";
    conn->send_message(msg, strlen(msg), 101);
}

static void on_client_lost(net_connection *, void *)
{
    printf("connection is lost\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);

    server.add_msg_router(1, echo_message);
    server.add_msg_router(2, print_message);
    server.set_conn_start(on_client_build);
    server.set_conn_close(on_client_lost);
    loop.event_process();

    return 0;
}
