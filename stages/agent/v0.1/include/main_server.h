// The agent's parts, as its main sees them.
#pragma once

#include <unistd.h>

#include <iostream>

#include "lars.pb.h"
#include "lars_reactor.h"

// What is to go to the reporter and to the dns. Both belong to main.
extern thread_queue<lars::ReportStatusRequest> *report_queue;
extern thread_queue<lars::GetRouteRequest> *dns_queue;

// Each starts threads that live as long as the process, and returns at once.
void start_UDP_servers(void);     // three, on [agent] port and the next two
void start_report_client(void);
void start_dns_client(void);
