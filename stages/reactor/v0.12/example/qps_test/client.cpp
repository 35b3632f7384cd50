// Asks as fast as the answers come, in N threads, and prints how many came each second.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "echoMessage.pb.h"
#include "lars_reactor.h"

static std::atomic<long> echoes(0);

// One thread's question number; each answer must be the one that was asked for.
static void send_next(net_connection *conn, int id)
{
    qps_test::EchoMessage request;
    request.set_content("QPS test!");
    request.set_id(id);
    std::string bytes = request.SerializeAsString();
    conn->send_message(bytes.data(), bytes.size(), 1);
}

static void on_echo(const char *data, uint32_t len, int, net_connection *conn, void *args)
{
    int *id = static_cast<int *>(args);
    qps_test::EchoMessage response;
    if (!response.ParseFromArray(data, len) || response.content() != "QPS test!" || response.id() != *id) {
        fprintf(stderr, "a wrong echo\n");
        _exit(1);
    }
    echoes++;
    send_next(conn, ++*id);
}

static void on_connect(net_connection *conn, void *args)
{
    send_next(conn, *static_cast<int *>(args));
}

static void ask(const char *ip, unsigned short port)
{
    int id = 0;
    event_loop loop;
    tcp_client client(&loop, ip, port, "qps client");
    client.add_msg_router(1, on_echo, &id);
    client.set_conn_start(on_connect, &id);
    loop.event_process();
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: %s ip port threads [seconds]\n", argv[0]);
        return 1;
    }
    unsigned short port = atoi(argv[2]);
    for (int i = 0; i < atoi(argv[3]); i++) {
        std::thread(ask, argv[1], port).detach();
    }
    while (echoes == 0) {
        usleep(1000);   // the first second starts with the first echo
    }
    for (int second = 0; argc < 5 || second < atoi(argv[4]); second++) {
        sleep(1);
        printf("%ld echoes a second\n", echoes.exchange(0));
        fflush(stdout);
    }
    _exit(0);   // the threads have no end
}
