// Lookups all over the big table.
#include "big_bench.h"
#include "big_table.h"

namespace lars::bench {

bool bench_big_lookups(big_bench *all)
{
    tcp_load_options ours, redis;
    ours.port = all->dns.port();
    ours.server = all->dns.process().pid();
    ours.exchanges = big_lookups(
        std::stoull(all->routes.value("SELECT version FROM RouteVersion WHERE id = 1")));
    redis.port = all->redis.port();
    redis.server = all->redis.pid();
    redis.exchanges = big_redis_lookups();
    ours.connections = redis.connections = 50;
    ours.seconds = redis.seconds = all->settings.seconds;
    for (const int in_flight : {1, 16}) {
        ours.in_flight = redis.in_flight = in_flight;
        if (!compare(
                "lookup, 50 x " + std::to_string(in_flight), all->settings,
                [&] { return run_tcp_load(ours); }, [&] { return run_tcp_load(redis); }))
            return false;
    }
    return true;
}

}  // namespace lars::bench
