// The section [reactor] of a configuration, which lars_dns and lars_reporter have in
// common, and what the TCP connections between the programs of Lars have in common. One
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "config_file.h"
#include "endpoint.h"
#include "ip_ranges.h"
#include "tcp_client.h"
#include "tcp_server.h"

namespace lars {

struct server_options {
    endpoint address;  // where to listen; port 0: any free one
    size_t max_connections = 1024;
    int threads = 5;  // worker threads; 0: the accepting loop serves too
    // From one address; absent: a quarter of max_connections. 0: no limit. It does not
    // hold for 127.0.0.0/8.
    std::optional<size_t> max_per_address = std::nullopt;
    ip_ranges allow = {};  // who may connect; empty: everybody
    // Who has sent no whole message for so long after connecting is closed. 0: nobody.
    std::chrono::seconds silent_timeout{10};
    size_t memory_limit_mib = 256;  // for the buffers of all connections

    // The same, as a tcp_server takes it.
    tcp_server_options for_tcp_server() const;

    bool operator==(const server_options &other) const
    {
        return address == other.address && max_connections == other.max_connections &&
               threads == other.threads && max_per_address == other.max_per_address &&
               allow == other.allow && silent_timeout == other.silent_timeout &&
               memory_limit_mib == other.memory_limit_mib;
    }
};

// Reads the keys ip, port, maxConn, threadNum, maxConnPerAddress, allow, silent_timeout
// and memory_limit into *OPTIONS. What is absent stays as it is there. CONFIG was loaded;
// its finish() returns what is wrong.
void read_server_options(config_file &config, server_options *options);

// Reads the key allow of SECTION: a list such as "10.0.0.0/8, 192.168.1.7", empty where
// everybody is welcome. What is wrong is as above, and *ALLOW unchanged.
void read_allow(config_file &config, const std::string &section, ip_ranges *allow);

// How a program of Lars connects to another one. A peer whose machine takes nothing for
// half a minute is left for the next one.
tcp_client_options service_client_options();

}  // namespace lars
