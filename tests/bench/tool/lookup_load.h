// Lookups at a lars_dns: on each of many connections so many are under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "dns_connection.h"
#include "latencies.h"

namespace lars::bench {

struct lookup_options {
    endpoint server;
    module_id module;
    int connections = 1;
    int in_flight = 1;
    std::chrono::seconds length{10};
};

// One thread.
class lookup_load {
public:
    explicit lookup_load(const lookup_options &options) : _options(options) {}

    // Connects. An error if that fails for any of them.
    status open();
    // Asks until the time is over, a signal comes, or no connection is left. One on which
    // something is wrong is given up and counted.
    void run();

    const latencies &answered() const { return _answered; }
    int hosts() const { return _hosts; }  // that the last answer had
    uint64_t pushes() const { return _pushes; }
    uint64_t errors() const { return _errors; }
    // What was wrong first.
    const status &first_error() const { return _first_error; }
    std::chrono::duration<double> lasted() const { return _lasted; }

private:
    using clock = std::chrono::steady_clock;

    struct question {
        uint32_t seq = 0;  // 0: not under way
        clock::time_point sent;
    };
    struct connection {
        dns_connection peer;
        uint32_t last_seq = 0;
        std::vector<question> questions;  // that of a seq is at seq mod their number
    };

    status ask(connection *one, int count, clock::time_point now);
    status take(connection *one, const GetRouteResponse &answer, clock::time_point now);
    void handle(connection *one, clock::time_point now);
    void give_up(connection *one, const status &why);
    void count_unanswered();

    const lookup_options _options;
    std::vector<connection> _connections;
    unique_fd _epoll;
    int _open = 0;
    int _came = 0;  // answers of one receive
    latencies _answered;
    int _hosts = 0;
    uint64_t _pushes = 0, _errors = 0;
    status _first_error;
    std::chrono::duration<double> _lasted{0};
};

}  // namespace lars::bench
