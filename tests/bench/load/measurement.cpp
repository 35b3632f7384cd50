#include "measurement.h"

#include <ctime>

namespace lars::bench {

static double cpu_seconds_of(pid_t pid)
{
    clockid_t clock;
    timespec used = {};
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

void stopwatch::begin()
{
    _cpu_at_start = cpu_seconds_of(_server);
    _started = bench_clock::now();
}

measurement stopwatch::end(uint64_t calls) const
{
    measurement result;
    result.calls = calls;
    result.seconds = std::chrono::duration<double>(bench_clock::now() - _started).count();
    result.cpu_seconds = cpu_seconds_of(_server) - _cpu_at_start;
    if (calls == 0)
        result.error = "no call came back";
    return result;
}

measurement failed(const std::string &why)
{
    measurement result;
    result.error = why;
    return result;
}

}  // namespace lars::bench
