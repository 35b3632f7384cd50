// The configuration of lars_lb_agent. The sections and keys are explained in
// conf/lars_lb_agent.conf.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "endpoint.h"
#include "ip_ranges.h"
#include "lb_config.h"
#include "local_options.h"
#include "metrics_options.h"
#include "server_address.h"
#include "status.h"

namespace lars {

struct agent_options {
    // Where clients ask: 127.0.0.1:8888 and the two ports after it. Port 0: any three in
    // a row that are free.
    endpoint address{0x7f000001, 8888};
    ip_ranges allow;                                      // who is answered there; empty: everybody
    std::vector<server_address> dns{{0x7f000001, 7778}};  // to be tried in turn
    std::vector<server_address> reporter{{0x7f000001, 7779}};  // to be tried in turn
    lb_config balance;
    std::string route_cache;  // file of the routes last known; empty: none
    local_options local;
    // By which the statistics of this agent are told from those of others, in host order;
    // 0: the address that the connection to the reporter has here.
    uint32_t caller = 0;
    metrics_options metrics;
    // Modules whose hosts have metrics of their own, for each of the three ports.
    size_t metrics_modules = 100;
};

// Any thread. Reads the configuration in the file PATH. An error names file, line and
// key; *OUT is then unchanged.
status read_agent_options(const std::string &path, agent_options *out);

}  // namespace lars
