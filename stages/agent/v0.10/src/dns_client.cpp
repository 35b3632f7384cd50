#include <cstdio>
#include <string>
#include <thread>

#include "bad_message.h"
#include "forward.h"
#include "main_server.h"

// Of this thread alone.
static std::queue<lars::GetRouteRequest> waiting;

static void send_waiting(net_connection *dns, void *)
{
    send_all(waiting, dns, lars::ID_GetRouteRequest);
}

// There is something in dns_queue.
void new_dns_request(event_loop *, int, void *args)
{
    take_all(dns_queue, waiting);
    send_waiting(static_cast<tcp_client *>(args), NULL);
}

// There is a connection.
static void conn_init(net_connection *dns, void *)
{
    for (route_lb *modules : r_lb) {
        modules->reset_lb_status();
    }
    send_waiting(dns, NULL);
}

// The dns has answered, or tells of a route that has changed.
void deal_recv_route(const char *data, uint32_t len, int, net_connection *, void *)
{
    lars::GetRouteResponse rsp;
    if (!rsp.ParseFromArray(data, static_cast<int>(len))) {
        bad_message("GetRouteResponse", len);
        return;
    }
    r_lb[lb_index(rsp.modid(), rsp.cmdid())]->update_host(rsp.modid(), rsp.cmdid(), rsp);
}

static void dns_client_main()
{
    printf("dns client thread start\n");
    fflush(stdout);
    event_loop loop;
    std::string ip = config_file::instance()->GetString("dnsserver", "ip", "127.0.0.1");
    uint16_t port = server_port("dnsserver", 7778);
    tcp_client client(&loop, ip.c_str(), port, "dns client");
    client.set_conn_start(conn_init);
    client.add_msg_router(lars::ID_GetRouteResponse, deal_recv_route);

    dns_queue->set_loop(&loop);
    dns_queue->set_callback(new_dns_request, &client);
    loop.event_process();
}

void start_dns_client(void)
{
    std::thread(dns_client_main).detach();
}
