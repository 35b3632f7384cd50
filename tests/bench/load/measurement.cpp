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

measurement measure(pid_t server, double seconds,
                    const std::function<int(std::string *error)> &step)
{
    const auto length =
        std::chrono::duration_cast<bench_clock::duration>(std::chrono::duration<double>(seconds));
    std::string error;
    const auto run_until = [&](bench_clock::time_point end) {
        uint64_t calls = 0;
        while (error.empty() && bench_clock::now() < end) {
            const int count = step(&error);
            calls += count > 0 ? static_cast<uint64_t>(count) : 0;
        }
        return calls;
    };
    run_until(bench_clock::now() + length / 5);
    stopwatch watch(server);
    watch.begin();
    const uint64_t calls = run_until(bench_clock::now() + length);
    return error.empty() ? watch.end(calls) : failed(error);
}

}  // namespace lars::bench
