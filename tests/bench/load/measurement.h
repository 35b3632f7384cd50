// What one run of a load gave, and how much processor time the server took for it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace lars::bench {

using bench_clock = std::chrono::steady_clock;

struct measurement {
    uint64_t calls = 0;
    double seconds = 0;
    double cpu_seconds = 0;  // of the server, all its threads
    std::string error;       // why the run is worth nothing; empty if it is

    double calls_per_second() const { return static_cast<double>(calls) / seconds; }
    double cpu_us_per_call() const { return cpu_seconds * 1e6 / static_cast<double>(calls); }
};

// Counts calls between begin() and end().
class stopwatch {
public:
    // SERVER: the process whose processor time counts; 0: nobody's.
    explicit stopwatch(pid_t server) : _server(server) {}
    void begin();
    measurement end(uint64_t calls) const;

private:
    pid_t _server;
    bench_clock::time_point _started;
    double _cpu_at_start = 0;
};

measurement failed(const std::string &why);

// Takes STEP again and again, for a fifth of SECONDS to warm up and for SECONDS to count.
// STEP returns how many calls came back in it, or -1, and then why in *error.
measurement measure(pid_t server, double seconds,
                    const std::function<int(std::string *error)> &step);

}  // namespace lars::bench
