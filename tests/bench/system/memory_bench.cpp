// What a connection that is idle costs its server in memory of its own; what the kernel keeps
// for it is not in that.
#include <cstdio>
#include <fstream>

#include "database.h"
#include "messages.h"
#include "parts.h"
#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars::bench {

using namespace lars::test;

static constexpr int WARM_UP = 200;  // what these fill for the first time counts for nobody
static constexpr int CONNECTIONS = 1000;
static constexpr double GOAL = 1024;  // bytes, in place of a floor: a bare server keeps nothing

// Memory in use that no other process shares.
static double private_bytes(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
    double kib = 0, all = 0;
    for (std::string word; in >> word;) {
        if ((word == "Private_Clean:" || word == "Private_Dirty:") && in >> kib)
            all += kib;
    }
    return all * 1024;
}

// OPEN makes a connection with that number, and returns when the server has done with what it
// sent; SETTLED waits for what comes of so many.
static bool measure_idle(const char *name, const bench_settings &settings, pid_t server,
                         const std::function<bool(int number, wire_peer *peer)> &open,
                         const std::function<bool(int count)> &settled)
{
    std::vector<wire_peer> peers(WARM_UP + CONNECTIONS);
    double before = 0;
    for (int i = 0; i < WARM_UP + CONNECTIONS; ++i) {
        if (i == WARM_UP) {
            if (!settled(i))
                return false;
            before = private_bytes(server);
        }
        if (!open(i, &peers[static_cast<size_t>(i)]))
            return std::fprintf(stderr, "%s: connection %d is not served\n", name, i), false;
    }
    if (!settled(WARM_UP + CONNECTIONS))
        return false;
    // A page more or less: that it is not 0 shows that it was measured.
    const double grown = std::max(1.0, private_bytes(server) - before);
    settings.table->add({name, "bytes", 0, grown / CONNECTIONS, GOAL});
    return true;
}

static bool measure_dns(const bench_settings &settings)
{
    database routes;
    routes.load(source_path("base/sql/sample.sql"));
    dns_service dns(routes.options());
    dns.set("reactor", "threadNum", "1");
    dns.set("reactor", "maxConn", std::to_string(2 * CONNECTIONS));
    const auto look_up = [&dns](int, wire_peer *peer) {
        return peer->connect_tcp(dns.port()) &&
               peer->send_frame(ID_GetRouteRequest, route_request(1, 2)) && peer->receive_frame();
    };
    return dns.start() && measure_idle("idle connection, dns", settings, dns.process().pid(),
                                       look_up, [](int) { return true; });
}

static bool measure_reporter(const bench_settings &settings)
{
    database stored;
    reporter_service reporter(stored.options());
    reporter.set("reactor", "threadNum", "1");
    reporter.set("reactor", "maxConn", std::to_string(2 * CONNECTIONS));
    const auto report_once = [&reporter](int number, wire_peer *peer) {
        ReportStatusRequest body;
        body.set_modid(number);
        body.set_seq(1);
        body.set_ts(static_cast<uint32_t>(time(nullptr)));
        HostCallResult *result = body.add_results();
        result->set_ip(INADDR_LOOPBACK);
        result->set_port(8000);
        result->set_succ(1);
        return peer->connect_tcp(reporter.port()) &&
               peer->send_frame(ID_ReportStatusRequest, body.SerializeAsString()) &&
               peer->receive_frame();
    };
    const auto all_stored = [&stored](int count) {
        return wait_until([&] {
            return stored.value("SELECT COUNT(*) FROM ServerCallStatus") == std::to_string(count);
        });
    };
    return reporter.start() && measure_idle("idle connection, reporter", settings,
                                            reporter.process().pid(), report_once, all_stored);
}

bool bench_memory(const bench_settings &settings)
{
    return measure_dns(settings) && measure_reporter(settings);
}

}  // namespace lars::bench
