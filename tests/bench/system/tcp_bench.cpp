// Echo over tcp_server, and lookups at lars_dns, against a bare epoll loop.
#include <cstdio>

#include "comparison.h"
#include "database.h"
#include "messages.h"
#include "paths.h"
#include "process.h"
#include "running_service.h"
#include "tcp_load.h"

namespace lars::bench {
namespace {

using namespace lars::test;

struct bench_server {
    process program;
    uint16_t port = 0;

    bool start(const std::vector<std::string> &arguments)
    {
        process_options options;
        options.ready_fd = true;
        if (const status s = program.start(bin_path("bench_server"), arguments, options); !s)
            return std::fprintf(stderr, "%s\n", s.message().c_str()), false;
        const auto addresses = program.wait_ready();
        port = addresses.empty() ? uint16_t(0) : addresses[0].port;
        return port != 0 || (std::fprintf(stderr, "%s\n", program.output().c_str()), false);
    }
};

struct shape {
    int connections, in_flight;
    std::string text() const
    {
        return ", " + std::to_string(connections) + " x " + std::to_string(in_flight) +
               " in flight";
    }
};
constexpr shape SHAPES[] = {{2, 16}, {50, 1}};

bool compare_tcp(const std::string &name, const bench_settings &settings, tcp_load_options ours,
                 tcp_load_options floor)
{
    ours.seconds = floor.seconds = settings.seconds;
    for (const shape &load : SHAPES) {
        ours.connections = floor.connections = load.connections;
        ours.in_flight = floor.in_flight = load.in_flight;
        if (!compare(
                name + load.text(), settings, [&] { return run_tcp_load(ours); },
                [&] { return run_tcp_load(floor); }))
            return false;
    }
    return true;
}

}  // namespace

bool bench_echo(const bench_settings &settings)
{
    bench_server bare, echo;
    if (!bare.start({"bare-tcp"}) || !echo.start({"echo", "0"}))
        return false;
    tcp_load_options floor, ours;
    floor.request = floor.response = encode_frame(1, std::string(64, 'x'));
    ours = floor;
    floor.port = bare.port;
    floor.server = bare.program.pid();
    ours.port = echo.port;
    ours.server = echo.program.pid();
    return compare_tcp("tcp echo", settings, ours, floor);
}

bool bench_dns(const bench_settings &settings)
{
    database routes;
    routes.load(source_path("base/sql/sample.sql"));
    dns_service dns(routes.options());
    dns.set("reactor", "threadNum", "1");
    dns.unset("dns", "poll_interval_ms");
    bench_server bare;
    wire_peer peer;
    if (!dns.start() || !bare.start({"bare-tcp"}) || !peer.connect_tcp(dns.port()))
        return false;
    tcp_load_options floor, ours;
    ours.request = encode_frame(ID_GetRouteRequest, route_request(1, 2));
    peer.send_bytes(ours.request);
    const auto answer = peer.receive_frame();
    if (route_text(answer) != "1,2: 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779")
        return std::fprintf(stderr, "the dns answers: %s\n", route_text(answer).c_str()), false;
    ours.response = encode_frame(answer->msgid, answer->body);
    ours.port = dns.port();
    ours.server = dns.process().pid();
    floor.request = floor.response = ours.request;
    floor.port = bare.port;
    floor.server = bare.program.pid();
    return compare_tcp("dns lookup", settings, ours, floor);
}

}  // namespace lars::bench
