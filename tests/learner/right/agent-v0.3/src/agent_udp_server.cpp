#include <thread>

#include "main_server.h"

static const unsigned SERVERS = 3;

void get_host_cb(const char *data, uint32_t len, int, net_connection *conn, void *user_data)
{
    lars::GetHostRequest request;
    if (!request.ParseFromArray(data, static_cast<int>(len))) {
        return;
    }
    lars::GetHostResponse response;
    response.set_seq(request.seq());
    response.set_modid(request.modid());
    response.set_cmdid(request.cmdid());
    static_cast<route_lb *>(user_data)->get_host(request.modid(), request.cmdid(), response);
    std::string body = response.SerializeAsString();
    conn->send_message(body.data(), static_cast<int>(body.size()), lars::ID_GetHostResponse);
}

static void serve(uint16_t port, route_lb *lb)
{
    event_loop loop;
    udp_server server(&loop, "127.0.0.1", port);
    server.add_msg_router(lars::ID_GetHostRequest, get_host_cb, lb);
    printf("agent UDP server :port %u is started...\n", port);
    fflush(stdout);
    loop.event_process();
}

void start_UDP_servers(void)
{
    unsigned port = config_file::instance()->GetNumber("agent", "port", 8888);
    if (port == 0 || port > 65535 - (SERVERS - 1)) {
        fprintf(stderr, "lars_lb_agent: [agent] port = %u: three ports are needed, from 1 to 65535\n", port);
        exit(1);
    }
    for (unsigned i = 0; i < SERVERS; i++) {
        std::thread(serve, static_cast<uint16_t>(port + i), r_lb[i]).detach();
    }
}
