// The agent's parts, as its main sees them.
#pragma once

#include <arpa/inet.h>
#include <unistd.h>

#include <iostream>

#include "lars.pb.h"
#include "lars_reactor.h"
#include "route_lb.h"

// [loadbalance] of the configuration.
struct load_balance_config {
    int probe_num;
    int init_succ_cnt;
    float err_rate;
    float succ_rate;
    int contin_err_limit;
    int contin_succ_limit;
    int init_err_cnt;
    float window_err_rate;
    int idle_timeout;       // seconds
    int overload_timeout;   // seconds
    int update_timeout;     // seconds

    uint32_t local_ip;   // this machine's address, which is not in the file
};

// All of these belong to main, which makes them before it starts the threads.
extern struct load_balance_config lb_config;
extern route_lb *r_lb[3];   // of the three servers
// What is to go to the reporter and to the dns.
extern thread_queue<lars::ReportStatusRequest> *report_queue;
extern thread_queue<lars::GetRouteRequest> *dns_queue;

// Fills lb_config from the configuration that has been read.
void read_lb_config(void);

// Each starts threads that live as long as the process, and returns at once.
void start_UDP_servers(void);     // three, on [agent] port and the next two
void start_report_client(void);
void start_dns_client(void);
