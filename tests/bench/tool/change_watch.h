// Many subscribers of a module's route, and how soon after each other they hear of a change.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "dns_connection.h"
#include "latencies.h"

namespace lars::bench {

struct watch_options {
    endpoint server;
    module_id module;
    int subscribers = 1;
    std::chrono::seconds length{10};
};

// One thread.
class change_watch {
public:
    explicit change_watch(const watch_options &options) : _options(options) {}

    // Connects and subscribes all of them. An error if one gets no answer.
    status open();
    // Prints a line for each change, until the time is over, a signal comes, or no subscriber is
    // left. One on which something is wrong is given up and counted.
    void run();

    uint64_t changes() const { return _spreads.count(); }
    // From the first subscriber to the last, of each change.
    const latencies &spreads() const { return _spreads; }
    uint64_t errors() const { return _errors; }
    // What was wrong first.
    const status &first_error() const { return _first_error; }

private:
    using clock = std::chrono::steady_clock;

    struct subscriber {
        dns_connection peer;
        bool answered = false;
        uint64_t pushes = 0;
    };
    // The route as one push has it, and who has got that.
    struct change {
        uint64_t version = 0;  // 0: the dns does not say
        uint64_t number = 0;   // then: so many pushes have reached the same subscriber before
        int hosts = 0;
        int have = 0;
        clock::time_point first, last;
    };

    // Waits for what comes, for a moment.
    void step();
    void handle(subscriber *one, clock::time_point now);
    void note(const GetRouteResponse &answer, subscriber *one, clock::time_point now);
    void give_up(subscriber *one, const status &why);
    // Prints those that nobody lacks, or that are old, or all.
    void print_changes(clock::time_point now, bool all);

    const watch_options _options;
    std::vector<subscriber> _subscribers;
    unique_fd _epoll;
    int _open = 0;
    int _answered = 0;
    int _hosts = 0;
    std::list<change> _changes;  // that are on their way, the oldest first
    latencies _spreads;
    uint64_t _errors = 0;
    status _first_error;
};

}  // namespace lars::bench
