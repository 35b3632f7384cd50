// What the big table costs while nothing happens: memory, processor time, a start.
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "big_bench.h"
#include "big_table.h"
#include "encoded_route.h"
#include "messages.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::bench {

using namespace lars::test;

size_t resident_bytes(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    size_t size = 0, resident = 0;
    in >> size >> resident;
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// Waits for the right answer to a lookup.
static bool answers(uint16_t port)
{
    return wait_until([port] {
        wire_peer peer;
        return peer.connect_tcp(port) &&
               peer.send_frame(ID_GetRouteRequest, route_request(BIG_MODULES / 2, 1)) &&
               route_text(peer.receive_frame()) ==
                   route_text(
                       wire_frame{ID_GetRouteResponse, encode_route(big_route(BIG_MODULES / 2))});
    });
}

bool start_big(big_bench *all)
{
    fill_big_table(all->routes);
    all->dns.set("reactor", "threadNum", "1");
    all->dns.set("reactor", "maxConn", "2000");
    all->dns.unset("dns", "poll_interval_ms");
    all->dns.unset("dns", "reload_interval");
    all->dns.set("dns", "snapshot", all->dns.folder().file("routes"));
    return all->dns.start() && answers(all->dns.port()) && all->redis.start() && all->redis.fill();
}

static double bytes_a_route(pid_t pid)
{
    return static_cast<double>(resident_bytes(pid)) / (double{BIG_MODULES} * BIG_HOSTS);
}

bool bench_big_memory_after(big_bench *all)
{
    // What was freed goes back when the dns looks at the database.
    std::this_thread::sleep_for(2 * RELOAD_INTERVAL);
    all->settings.table->add({"memory, after changes", "bytes/route", 1,
                              bytes_a_route(all->dns.process().pid()),
                              bytes_a_route(all->redis.pid())});
    return true;
}

bool bench_big_memory(big_bench *all)
{
    const double redis = bytes_a_route(all->redis.pid());
    const auto note = [&](const char *name) {
        all->settings.table->add(
            {name, "bytes/route", 1, bytes_a_route(all->dns.process().pid()), redis});
    };
    note("memory, after the load");
    if (all->dns.stop() != 0 || !all->dns.start() || !answers(all->dns.port()))
        return false;
    note("memory, after a restart");
    return true;
}

bool bench_big_start(big_bench *all)
{
    std::vector<double> seconds;
    for (int round = 0; round < all->settings.rounds; ++round) {
        if (all->dns.stop() != 0)
            return false;
        const auto begin = bench_clock::now();
        if (!all->dns.start() || !answers(all->dns.port()))
            return false;
        seconds.push_back(std::chrono::duration<double>(bench_clock::now() - begin).count());
    }
    all->settings.table->add({"start to the first right answer", "s", 3, median(seconds)});
    return true;
}

bool bench_big_idle(big_bench *all)
{
    const double seconds = std::max(20.0, 5 * all->settings.seconds * all->settings.rounds);
    // The comparison that follows a start is over, and another one if the database has counted
    // its rows meanwhile, which looks like a write.
    std::this_thread::sleep_for(3 * RELOAD_INTERVAL);
    stopwatch ours(all->dns.process().pid());
    stopwatch theirs(database_server::shared().pid());
    stopwatch redis(all->redis.pid());
    for (stopwatch *one : {&ours, &theirs, &redis})
        one->begin();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const auto share = [&](const stopwatch &one) { return 100 * one.end(1).cpu_seconds / seconds; };
    all->settings.table->add({"idle", "% of a cpu", 2, share(ours), share(redis)});
    all->settings.table->add({"idle, its database", "% of a cpu", 2, share(theirs)});
    return true;
}

}  // namespace lars::bench
