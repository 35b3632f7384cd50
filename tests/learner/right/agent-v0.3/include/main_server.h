// The parts of the agent, and the queues between them.
#pragma once

#include <string>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_lb.h"

extern thread_queue<lars::ReportStatusRequest> *report_queue;
extern thread_queue<lars::GetRouteRequest> *dns_queue;

// [loadbalance] of the configuration.
struct load_balance_config {
    int probe_num;       // while hosts are overloaded, so many choices pass between two tries
    int init_succ_cnt;   // so many successes a new host is trusted with
};
extern load_balance_config lb_config;

// One for each UDP server; the module's is r_lb[lb_index(modid, cmdid)].
extern route_lb *r_lb[3];
int lb_index(int modid, int cmdid);

void init_lb_agent();      // reads lb_config, makes r_lb
void create_route_lb();

// Callbacks of the messages: a question, with user_data its route_lb; a route.
void get_host_cb(const char *data, uint32_t len, int msgid, net_connection *conn, void *user_data);
void deal_recv_route(const char *data, uint32_t len, int msgid, net_connection *conn, void *user_data);

// Each starts its threads and returns at once.
void start_UDP_servers(void);
void start_report_client(void);
void start_dns_client(void);

// A server above, as the configuration names it. Ends the process when its port is none.
struct server_address {
    server_address(const std::string &section, unsigned default_port);
    std::string ip;
    unsigned short port;
};

// Callbacks of the queues; args is the tcp_client.
void new_dns_request(event_loop *loop, int fd, void *args);
void new_report_request(event_loop *loop, int fd, void *args);
