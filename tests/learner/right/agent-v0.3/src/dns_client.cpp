#include <algorithm>
#include <thread>

#include "upstream.h"

// Used by the client's thread alone.
static upstream<lars::GetRouteRequest> *waiting = NULL;

static void send_waiting(net_connection *conn, void *)
{
    waiting->send(static_cast<tcp_client *>(conn));
}

void new_dns_request(event_loop *, int, void *args)
{
    waiting->take();
    waiting->send(static_cast<tcp_client *>(args));
}

void deal_recv_route(const char *data, uint32_t len, int, net_connection *, void *)
{
    lars::GetRouteResponse route;
    if (!route.ParseFromArray(data, static_cast<int>(len))) {
        return;
    }
    auto *hosts = route.mutable_host();
    hosts->erase(std::remove_if(hosts->begin(), hosts->end(),
                                [](const lars::HostInfo &h) { return h.ip() == 0 || h.port() < 1 || h.port() > 65535; }),
                 hosts->end());
    r_lb[lb_index(route.modid(), route.cmdid())]->update_host(route.modid(), route.cmdid(), route);
}

static void run_client(server_address server)
{
    event_loop loop;
    tcp_client client(&loop, server.ip.c_str(), server.port, "dns client");
    client.set_conn_start(send_waiting);
    client.add_msg_router(lars::ID_GetRouteResponse, deal_recv_route);
    dns_queue->set_loop(&loop);
    dns_queue->set_callback(new_dns_request, &client);
    printf("dns client thread start\n");
    fflush(stdout);
    loop.event_process();
}

void start_dns_client(void)
{
    server_address server("dnsserver", 7778);
    waiting = new upstream<lars::GetRouteRequest>("dns client", lars::ID_GetRouteRequest, dns_queue);
    std::thread(run_client, server).detach();
}
