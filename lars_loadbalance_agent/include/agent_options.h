// The configuration of lars_lb_agent.
#pragma once

#include <string>
#include <vector>

#include "endpoint.h"
#include "lb_config.h"
#include "status.h"

namespace lars {

struct agent_options {
    endpoint address{0x7f000001, 8888};  // the first of three ports; 0: any three
    std::vector<endpoint> dns{{0x7f000001, 7778}};
    std::vector<endpoint> reporter{{0x7f000001, 7779}};
    lb_config balance;
    std::string route_cache;  // file of the routes last known; empty: none
};

// The error names file, line and key.
status read_agent_options(const std::string &path, agent_options *out);

}  // namespace lars
