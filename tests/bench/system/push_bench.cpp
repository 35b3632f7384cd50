// How long after the start of a write 1,000 subscribers have the change.
#include <algorithm>

#include "bare_pusher.h"
#include "changing_route.h"
#include "database.h"
#include "messages.h"
#include "parts.h"
#include "paths.h"
#include "running_service.h"

namespace lars::bench {
namespace {

using namespace lars::test;

constexpr int SUBSCRIBERS = 1000;
constexpr int POLL_INTERVAL_MS = 100;  // the default of [dns] poll_interval_ms

// A database with three modules, and one of them that changes.
struct small_table {
    database routes;
    module_route watched{{1, 1}, {{host("192.168.1.177:7777")}}};
    changing_route route{routes.options(), watched};
    watchers subscribers;

    // Subscribes at that port of this machine.
    bool start(uint16_t port)
    {
        const std::string version = routes.value("SELECT version FROM RouteVersion WHERE id = 1");
        return route.connect() && subscribers.start(port, SUBSCRIBERS, route.request(),
                                                    route.answer(std::stoull(version)));
    }
};

// A commit as lars_route makes it, and then no more than a thread that writes to each one.
struct floor_side : small_table {
    std::string news[2];
    bare_pusher pusher;  // uses them until it ends

    bool start()
    {
        for (const bool added : {false, true})
            news[added] = route.pushed(added) + std::string(changing_route::MORE, 'x');
        routes.load(source_path("base/sql/sample.sql"));
        return pusher.start(SUBSCRIBERS, route.answer(1)) && route.connect() &&
               subscribers.start(pusher.port(), SUBSCRIBERS, route.request(), route.answer(1));
    }
    bool write(bool added)
    {
        const bool edited = route.edit(added);
        pusher.push(&news[added]);
        return edited;
    }
};

struct lars_side : small_table {
    dns_service dns{routes.options()};
    db_client foreign{routes.options()};

    bool start()
    {
        routes.load(source_path("base/sql/sample.sql"));
        dns.set("reactor", "threadNum", "1");
        dns.set("reactor", "maxConn", std::to_string(2 * SUBSCRIBERS));
        dns.set("dns", "poll_interval_ms", std::to_string(POLL_INTERVAL_MS));
        return dns.start() && foreign.connect() && small_table::start(dns.port());
    }
    bool tell(bool added) { return route.edit_and_hint(added, dns.port()); }
    // As somebody else's program, who tells nobody.
    bool write(bool added)
    {
        const std::string statements[] = {
            added ? "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, "
                    "167772161, 8000)"
                  : "DELETE FROM RouteData WHERE modid = 1 AND cmdid = 1 AND serverip = 167772161",
            "INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, UNIX_TIMESTAMP())",
            "UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = "
            "1"};
        return foreign
            .transaction([&] {
                status s;
                for (size_t i = 0; i < 3 && s; ++i)
                    s = foreign.execute(statements[i]);
                return s;
            })
            .ok();
    }
};

}  // namespace

bool bench_push(const bench_settings &settings)
{
    floor_side floor;
    lars_side lars;
    if (!floor.start() || !lars.start())
        return false;
    // A host that has come goes again.
    const int changes = 2 * std::max(1, static_cast<int>(10 * settings.seconds));
    std::vector<double> least, told, polled;
    for (int round = 0; round < settings.rounds; ++round) {
        const auto bare = [&](bool added) { return floor.write(added); };
        const auto tell = [&](bool added) { return lars.tell(added); };
        const auto write = [&](bool added) { return lars.write(added); };
        if (!measure_changes(floor.route.rounds("floor", changes, bare), &floor.subscribers,
                             &least) ||
            !measure_changes(lars.route.rounds("told", changes, tell), &lars.subscribers, &told) ||
            !measure_changes(lars.route.rounds("polled", changes, write), &lars.subscribers,
                             &polled))
            return false;
    }
    const auto add = [&](const char *name, double ours, double other) {
        settings.table->add({name, "ms", 1, ours, other});
    };
    add("change to 1,000, told, median", median(told), median(least));
    add("change to 1,000, told, longest", highest(told), highest(least));
    add("change to 1,000, polled, median", median(polled), POLL_INTERVAL_MS / 2.0);
    add("change to 1,000, polled, 99 of 100", percentile(polled, 99), POLL_INTERVAL_MS);
    return true;
}

}  // namespace lars::bench
