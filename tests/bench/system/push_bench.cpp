// How long after its commit a route change is with a subscriber.
#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>

#include "comparison.h"
#include "database.h"
#include "messages.h"
#include "running_service.h"

namespace lars::bench {

using namespace lars::test;

constexpr int POLL_INTERVAL_MS = 100;  // the default of [dns] poll_interval_ms

bool bench_push(const bench_settings &settings)
{
    database routes;
    dns_service dns(routes.options());
    dns.set("dns", "poll_interval_ms", std::to_string(POLL_INTERVAL_MS));
    db_client writer(routes.options());
    wire_peer peer;
    if (!dns.start() || !writer.connect() || !peer.connect_tcp(dns.port()))
        return false;
    peer.send_frame(ID_GetRouteRequest, route_request(9, 9));
    if (!peer.receive_frame())
        return false;

    std::vector<double> latencies;
    std::mt19937 source;
    // The poll must find the change at any moment of its interval, not always at the same.
    std::uniform_int_distribution<int> pause(0, POLL_INTERVAL_MS);
    const int changes = std::max(3, static_cast<int>(10 * settings.seconds * settings.rounds));
    for (int port = 1; port <= changes; ++port) {
        std::this_thread::sleep_for(milliseconds(pause(source)));
        const status s = writer.transaction([&] {
            for (const std::string &statement :
                 {"INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (9, 9, "
                  "167772161, " +
                      std::to_string(port) + ")",
                  std::string("INSERT INTO RouteChange (modid, cmdid, version) VALUES (9, 9, "
                              "UNIX_TIMESTAMP())"),
                  std::string("UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), "
                              "version + 1) WHERE id = 1")}) {
                if (const status failure = writer.execute(statement); !failure)
                    return failure;
            }
            return status();
        });
        const auto committed = bench_clock::now();
        if (!s || !peer.receive_frame())
            return std::fprintf(stderr, "push: %s\n", s ? "nothing came" : s.message().c_str()),
                   false;
        latencies.push_back(
            std::chrono::duration<double, std::milli>(bench_clock::now() - committed).count());
    }
    const double half = POLL_INTERVAL_MS / 2.0;
    std::printf("%-34s %-12s %12.1f %12.1f %8.2f\n", "commit to push, median", "ms",
                median(latencies), half, median(latencies) / half);
    const double longest = *std::max_element(latencies.begin(), latencies.end());
    std::printf("%-34s %-12s %12.1f %12d %8.2f\n", "commit to push, longest", "ms", longest,
                POLL_INTERVAL_MS, longest / POLL_INTERVAL_MS);
    return true;
}

}  // namespace lars::bench
