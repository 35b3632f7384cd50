// The section [reactor] of a configuration, which lars_dns and lars_reporter have in
// common. One thread.
#pragma once

#include <cstddef>

#include "config_file.h"
#include "endpoint.h"
#include "tcp_server.h"

namespace lars {

struct server_options {
    endpoint address;  // where to listen; port 0: any free one
    size_t max_connections = 1024;
    int threads = 5;  // worker threads; 0: the accepting loop serves too

    // The same, as a tcp_server takes it.
    tcp_server_options for_tcp_server() const;

    bool operator==(const server_options &other) const
    {
        return address == other.address && max_connections == other.max_connections &&
               threads == other.threads;
    }
};

// Reads the keys ip, port, maxConn and threadNum into *OPTIONS. What is absent stays
// as it is there. CONFIG was loaded; its finish() returns what is wrong.
void read_server_options(config_file &config, server_options *options);

}  // namespace lars
