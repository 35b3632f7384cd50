// A scenario: hosts, callers and what happens to the hosts, as a text file says it.
// docs/balancing.md explains the file. A value like any other; any thread.
//
//     # One of ten hosts is dead for a minute.
//     duration 180s
//     calls 1000                      a second, of all agents together
//     agents 1                        each with a view of its own; 1 if not said
//     hosts 10 weight 100 bears 110   more hosts, numbered on from 1
//     at 30s host 1 fails 100%
//     at 90s host 1 fails 0%
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "status.h"

namespace lars {

struct scenario {
    using time = std::chrono::nanoseconds;  // since the beginning

    struct host {
        uint32_t weight = 100;
        // How many calls a second it bears, of which it fails those above; 0: any number.
        double bears = 0;
        // After it has been dead it bears this part of that, and all of it when it has been
        // at work for that long.
        double cold_part = 1;
        time warm_after{0};
    };
    // From that time on the hosts FIRST to LAST, counted from 0, fail so much of their
    // calls, which take so long.
    struct event {
        time at{0};
        size_t first = 0;
        size_t last = 0;
        double fails = 0;  // 0 to 1; 1: dead
        time takes{0};
    };

    static constexpr std::chrono::milliseconds USUAL_TIME{2};

    std::string title;  // the first line, if that is a comment
    time duration{0};
    double calls = 0;  // a second
    size_t agents = 1;
    std::vector<host> hosts;
    std::vector<event> events;  // in order of time
    time repeat{0};             // the events happen again each so often; 0: once

    uint64_t total_calls() const;
    // The part of the calls that each host should have by its weight.
    std::vector<double> fair_shares() const;
};

// Reads the scenario in the file PATH. The error names the file and the line; *OUT is
// then unchanged.
status read_scenario(const std::string &path, scenario *out);
// Reads one from IN, to its end, in the same way. Errors call it NAME.
status read_scenario(std::istream &in, const std::string &name, scenario *out);

}  // namespace lars
