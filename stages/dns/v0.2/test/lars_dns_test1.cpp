// Asks a dns for the hosts of module (1,2), prints them, and asks again.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "lars.pb.h"
#include "lars_reactor.h"

static void ask(net_connection *conn, void *)
{
    lars::GetRouteRequest request;
    request.set_modid(1);
    request.set_cmdid(2);
    std::string body = request.SerializeAsString();
    conn->send_message(body.data(), static_cast<int>(body.size()), lars::ID_GetRouteRequest);
}

static void print_route(const char *data, uint32_t len, int, net_connection *conn, void *)
{
    lars::GetRouteResponse response;
    if (!response.ParseFromArray(data, static_cast<int>(len))) {
        fprintf(stderr, "an answer of %u bytes cannot be read\n", len);
        exit(1);
    }
    printf("modid = %d\n", response.modid());
    printf("cmdid = %d\n", response.cmdid());
    printf("host_size = %d\n", response.host_size());
    for (const lars::HostInfo &host : response.host()) {
        printf("-->ip = %u\n", static_cast<uint32_t>(host.ip()));
        printf("-->port = %d\n", host.port());
    }
    fflush(stdout);
    ask(conn, NULL);
}

int main(int argc, char **argv)
{
    const char *ip = NULL;
    int port = 0, option;
    while ((option = getopt(argc, argv, "h:p:")) != -1) {
        if (option == 'h') {
            ip = optarg;
        } else if (option == 'p') {
            port = atoi(optarg);
        }
    }
    if (ip == NULL || port < 1 || port > 65535) {
        fprintf(stderr, "usage: %s -h IP -p PORT\n", argv[0]);
        return 1;
    }

    event_loop loop;
    tcp_client client(&loop, ip, static_cast<unsigned short>(port), "lars_dns_test1");
    client.set_conn_start(ask);
    client.add_msg_router(lars::ID_GetRouteResponse, print_route);
    loop.event_process();

    return 0;
}
