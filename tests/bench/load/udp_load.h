// Asks the three UDP ports of an agent for hosts, reports each call, and counts the pairs.
#pragma once

#include <array>
#include <string>

#include "measurement.h"

namespace lars::bench {

struct udp_target {
    uint16_t port = 0;
    std::string request;   // the get_host datagram
    std::string report;    // what is sent after each answer
    std::string response;  // an answer as it must come back, up to the host in it
    size_t response_size = 0;
};

struct udp_load_options {
    std::array<udp_target, 3> targets;
    pid_t server = 0;
    int in_flight = 16;  // requests at each port
    double seconds = 1;  // counted, after a fifth of that to warm up
};

measurement run_udp_load(const udp_load_options &options);

}  // namespace lars::bench
