#include "tcp_server.h"

#include <cstdio>
#include <cstring>

#include "config_file.h"

static void echo_message(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, len, msgid);
}

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("recv client: [%.*s], msgid: %d, len: %u\n", static_cast<int>(len), data, msgid, len);
    fflush(stdout);
}

// Runs in every thread: greets all connections of that thread.
static void greet_all(event_loop *loop, void *)
{
    const char *msg = "Hello I am a Task!";
    listen_fd_set fds;
    loop->get_listen_fds(fds);
    for (int fd : fds) {
        tcp_conn *conn = tcp_server::conns[fd];
        if (conn != NULL) {
            conn->send_message(msg, strlen(msg), 101);
        }
    }
}

static void on_client_build(net_connection *, void *args)
{
    static_cast<tcp_server *>(args)->thread_poll()->send_task(greet_all);
}

static void on_client_lost(net_connection *, void *)
{
    printf("connection is lost\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (!config_file::setPath(argc > 1 ? argv[1] : "conf/serv.conf")) {
        return 1;
    }
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    uint16_t port = config_file::instance()->GetNumber("reactor", "port", 8888);
    event_loop loop;
    tcp_server server(&loop, ip.c_str(), port);

    server.add_msg_router(1, echo_message);
    server.add_msg_router(2, print_message);
    server.set_conn_start(on_client_build, &server);
    server.set_conn_close(on_client_lost);
    loop.event_process();

    return 0;
}
