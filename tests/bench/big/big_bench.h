// lars_dns over a table of 1,000,000 routes, beside a redis-server with the same.
#pragma once

#include <chrono>
#include <optional>

#include "comparison.h"
#include "database.h"
#include "redis_server.h"
#include "running_service.h"

namespace lars::bench {

// What all parts measure.
struct big_bench {
    bench_settings settings;
    test::database routes;
    test::dns_service dns{routes.options()};
    redis_server redis;
};

// Starts both and fills them. The parts, one file each. False, and why on stderr, if one
// could not be measured.
bool start_big(big_bench *all);
bool bench_big_start(big_bench *all);
bool bench_big_memory(big_bench *all);
// After the others.
bool bench_big_memory_after(big_bench *all);
bool bench_big_idle(big_bench *all);
bool bench_big_lookups(big_bench *all);
bool bench_big_change_cost(big_bench *all);
bool bench_big_changes(big_bench *all);
bool bench_big_compared(big_bench *all);

constexpr std::chrono::seconds RELOAD_INTERVAL(8);  // [dns] reload_interval by default

// The memory of a process in use, in bytes.
size_t resident_bytes(pid_t pid);

}  // namespace lars::bench
