// The [reactor] section, which lars_dns and lars_reporter have in common.
#pragma once

#include "config_file.h"
#include "endpoint.h"
#include "tcp_server.h"

namespace lars {

struct server_options {
    endpoint address;  // the port 0: any free one
    size_t max_connections = 1024;
    int threads = 5;

    tcp_server_options for_tcp_server() const;

    bool operator==(const server_options &other) const
    {
        return address == other.address && max_connections == other.max_connections &&
               threads == other.threads;
    }
};

// Takes the keys ip, port, maxConn and threadNum. Mistakes are reported by
// config.finish().
void read_server_options(config_file &config, server_options *options);

}  // namespace lars
