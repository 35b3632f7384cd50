// The servers whose TCP connections the parts measure, each with a load that fits it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database.h"
#include "process.h"
#include "running_service.h"
#include "tcp_load.h"

namespace lars::bench {

// A connection of a load has so many requests under way.
struct load_shape {
    int connections, in_flight;

    // ", 2 x 16 in flight"
    std::string text() const;
    // OPTIONS with that shape, for so many seconds.
    tcp_load_options of(tcp_load_options options, double seconds) const;
};

// bench_server, with frames of 72 bytes to be echoed.
class echo_server {
public:
    // Its ARGUMENTS: see there. False, and why on stderr, if it does not start.
    bool start(const std::vector<std::string> &arguments);
    // Its port and its process.
    const tcp_load_options &load() const { return _load; }

private:
    test::process _program;
    tcp_load_options _load;
};

// lars_dns over a small table, with lookups of a module of three hosts.
class lookup_server {
public:
    // With so many loops. False, and why on stderr, if it does not start.
    bool start(int threads, int max_connections = 1024);
    const tcp_load_options &load() const { return _load; }
    test::dns_service &dns() { return _dns; }

private:
    test::database _routes;
    test::dns_service _dns{_routes.options()};
    tcp_load_options _load;
};

}  // namespace lars::bench
