// Changes of the big table: what one costs, and how soon 1,000 subscribers have it.
#include <algorithm>
#include <thread>

#include "big_bench.h"
#include "big_table.h"
#include "changing_route.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::bench {

using namespace lars::test;

static constexpr int WATCHERS = 1000;
static constexpr int WATCHED = BIG_MODULES / 3;
// So long after a change the snapshot is saved, and a little more.
static constexpr std::chrono::seconds LONGEST_SAVE(3);

static void note_latencies(big_bench *all, const std::string &name, const std::vector<double> &ours,
                           const std::vector<double> &redis)
{
    all->settings.table->add(
        {name + ", median", "ms", 1, median(ours), redis.empty() ? 0 : median(redis)});
    all->settings.table->add(
        {name + ", longest", "ms", 1, highest(ours), redis.empty() ? 0 : highest(redis)});
}

static bool measure_redis(big_bench *all, const changing_route &route, int changes,
                          std::vector<double> *out)
{
    const std::string channel = redis_key(WATCHED);
    const auto value = [&](bool added) { return redis_text(redis_value(route.route(added))); };
    const auto message = [&](bool added) {
        return "*3\r\n" + redis_text("message") + redis_text(channel) + value(added);
    };
    watchers subscribers;
    wire_peer writer;
    if (!writer.connect_tcp(all->redis.port()) ||
        !subscribers.start(all->redis.port(), WATCHERS, redis_command({"SUBSCRIBE", channel}),
                           "*3\r\n" + redis_text("subscribe") + redis_text(channel) + ":1\r\n"))
        return false;
    const auto write = [&](bool added) {
        const std::string to = redis_value(route.route(added));
        return writer.send_bytes(redis_command({"SET", channel, to}) +
                                 redis_command({"PUBLISH", channel, to}));
    };
    return measure_changes({"redis", changes, write, message, 0}, &subscribers, out);
}

// The processor time of the dns for each of several changes, of which one subscriber hears:
// all its loops and the thread that reads the database, with what they make it save.
bool bench_big_change_cost(big_bench *all)
{
    const int changes = 50 * all->settings.rounds;
    changing_route route(all->routes.options(), big_route(WATCHED));
    const std::string version = all->routes.value("SELECT version FROM RouteVersion WHERE id = 1");
    watchers one;
    if (!route.connect() ||
        !one.start(all->dns.port(), 1, route.request(), route.answer(std::stoull(version))))
        return false;
    const auto edit_and_hint = [&](bool added) {
        return route.edit_and_hint(added, all->dns.port());
    };
    std::vector<double> unread;
    stopwatch watch(all->dns.process().pid());
    watch.begin();
    if (!measure_changes(route.rounds("Lars", changes, edit_and_hint), &one, &unread))
        return false;
    std::this_thread::sleep_for(LONGEST_SAVE);
    const double seconds = watch.end(1).cpu_seconds;
    all->settings.table->add({"one change", "cpu ms", 3, 1000 * seconds / changes, 0});
    return true;
}

// Whether somebody reads all rows just now.
static bool is_compared(database &routes)
{
    return routes.value("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"
                        " AND info LIKE 'SELECT%FROM RouteData%' AND info NOT LIKE '%WHERE%'") !=
           "0";
}

bool bench_big_changes(big_bench *all)
{
    const int changes = std::max(4, 4 * all->settings.rounds);
    changing_route route(all->routes.options(), big_route(WATCHED));
    const std::string version = all->routes.value("SELECT version FROM RouteVersion WHERE id = 1");
    watchers subscribers;
    if (!route.connect() || !subscribers.start(all->dns.port(), WATCHERS, route.request(),
                                               route.answer(std::stoull(version))))
        return false;
    const auto edit = [&](bool added) { return route.edit(added); };
    const auto edit_and_hint = [&](bool added) {
        return route.edit_and_hint(added, all->dns.port());
    };
    std::vector<double> hinted, polled, redis;
    if (!measure_redis(all, route, changes, &redis) ||
        !measure_changes(route.rounds("Lars", changes, edit_and_hint), &subscribers, &hinted) ||
        !measure_changes(route.rounds("Lars", changes, edit), &subscribers, &polled))
        return false;
    note_latencies(all, "change to 1,000, told", hinted, redis);
    note_latencies(all, "change to 1,000, polled", polled, {});
    return true;
}

// Changes that are made while the dns compares all rows with its table.
bool bench_big_compared(big_bench *all)
{
    constexpr int CHANGES = 4;
    changing_route route(all->routes.options(), big_route(WATCHED));
    const std::string version = all->routes.value("SELECT version FROM RouteVersion WHERE id = 1");
    watchers subscribers;
    if (!route.connect() || !subscribers.start(all->dns.port(), WATCHERS, route.request(),
                                               route.answer(std::stoull(version))))
        return false;
    auto rounds = route.rounds("Lars, compared", CHANGES, [&](bool added) {
        return route.edit_and_hint(added, all->dns.port());
    });
    rounds.moment = [all] {
        // A row that is written with nothing that names it is looked for at once where no other
        // change came in that interval.
        std::this_thread::sleep_for(2 * RELOAD_INTERVAL);
        all->routes.exec("UPDATE RouteData SET weight = 301 - weight WHERE id = 1");
        return wait_until([all] { return is_compared(all->routes); },
                          2 * std::chrono::milliseconds(RELOAD_INTERVAL));
    };
    std::vector<double> told;
    if (!measure_changes(rounds, &subscribers, &told))
        return false;
    note_latencies(all, "change to 1,000, compared", told, {});
    return true;
}

}  // namespace lars::bench
