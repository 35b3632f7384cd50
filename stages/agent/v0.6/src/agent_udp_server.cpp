#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "bad_message.h"
#include "main_server.h"

static const unsigned SERVERS = 3;

// A program asks for a host. user_data is the route_lb of this server.
void get_host_cb(const char *data, uint32_t len, int, net_connection *conn, void *user_data)
{
    lars::GetHostRequest req;
    if (!req.ParseFromArray(data, static_cast<int>(len))) {
        bad_message("GetHostRequest", len);
        return;
    }
    lars::GetHostResponse rsp;
    rsp.set_seq(req.seq());
    rsp.set_modid(req.modid());
    rsp.set_cmdid(req.cmdid());
    static_cast<route_lb *>(user_data)->get_host(req.modid(), req.cmdid(), rsp);

    std::string body = rsp.SerializeAsString();
    conn->send_message(body.data(), static_cast<int>(body.size()), lars::ID_GetHostResponse);
}

// A program tells how a call went.
void report_cb(const char *data, uint32_t len, int, net_connection *, void *user_data)
{
    lars::ReportRequest req;
    if (!req.ParseFromArray(data, static_cast<int>(len))) {
        bad_message("ReportRequest", len);
        return;
    }
    static_cast<route_lb *>(user_data)->report_host(req);
}

static void agent_server_main(uint16_t port, route_lb *modules)
{
    event_loop loop;
    udp_server server(&loop, "127.0.0.1", port);   // only the programs of this machine ask
    server.add_msg_router(lars::ID_GetHostRequest, get_host_cb, modules);
    server.add_msg_router(lars::ID_ReportRequest, report_cb, modules);
    printf("agent UDP server :port %u is started...\n", port);
    fflush(stdout);
    loop.event_process();
}

void start_UDP_servers(void)
{
    unsigned port = config_file::instance()->GetNumber("agent", "port", 8888);
    if (port < 1 || port + SERVERS - 1 > 65535) {
        fprintf(stderr, "[agent] port = %u: not a port with %u more above it\n", port, SERVERS - 1);
        exit(1);
    }
    for (unsigned i = 0; i < SERVERS; i++) {
        std::thread(agent_server_main, port + i, r_lb[i]).detach();
    }
}
