#include "tcp_servers.h"

#include <cstdio>

#include "messages.h"
#include "paths.h"

namespace lars::bench {

using namespace lars::test;

std::string load_shape::text() const
{
    return ", " + std::to_string(connections) + " x " + std::to_string(in_flight) + " in flight";
}

tcp_load_options load_shape::of(tcp_load_options options, double seconds) const
{
    options.connections = connections;
    options.in_flight = in_flight;
    options.seconds = seconds;
    return options;
}

bool echo_server::start(const std::vector<std::string> &arguments)
{
    process_options options;
    options.ready_fd = true;
    if (const status s = _program.start(bin_path("bench_server"), arguments, options); !s)
        return std::fprintf(stderr, "%s\n", s.message().c_str()), false;
    const auto addresses = _program.wait_ready();
    if (addresses.empty())
        return std::fprintf(stderr, "%s\n", _program.output().c_str()), false;
    const std::string frame = encode_frame(1, std::string(64, 'x'));
    _load.exchanges = {{frame, frame}};
    _load.port = addresses[0].port;
    _load.server = _program.pid();
    return true;
}

bool lookup_server::start(int threads, int max_connections)
{
    _routes.load(source_path("base/sql/sample.sql"));
    _dns.set("reactor", "threadNum", std::to_string(threads));
    _dns.set("reactor", "maxConn", std::to_string(max_connections));
    _dns.unset("dns", "poll_interval_ms");
    wire_peer peer;
    if (!_dns.start() || !peer.connect_tcp(_dns.port()))
        return false;
    const std::string request = encode_frame(ID_GetRouteRequest, route_request(1, 2));
    peer.send_bytes(request);
    const auto answer = peer.receive_frame();
    if (route_text(answer) != "1,2: 192.168.1.178:7776 192.168.1.179:7778 192.168.1.180:7779")
        return std::fprintf(stderr, "the dns answers: %s\n", route_text(answer).c_str()), false;
    _load.exchanges = {{request, encode_frame(answer->msgid, answer->body)}};
    _load.port = _dns.port();
    _load.server = _dns.process().pid();
    return true;
}

}  // namespace lars::bench
