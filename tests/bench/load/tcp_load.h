// Keeps requests on their way on several TCP connections and counts the answers.
#pragma once

#include <string>

#include "measurement.h"

namespace lars::bench {

struct tcp_load_options {
    uint16_t port = 0;
    pid_t server = 0;      // of the process that serves the port
    std::string request;   // whole frames
    std::string response;  // what must come back for each request, byte for byte
    int connections = 1;
    int in_flight = 1;   // requests on each connection
    double seconds = 1;  // counted, after a fifth of that to warm up
};

measurement run_tcp_load(const tcp_load_options &options);

}  // namespace lars::bench
