// Echo over tcp_server, and lookups at lars_dns, against a bare epoll loop.
#include "parts.h"
#include "tcp_servers.h"

namespace lars::bench {

static bool compare_tcp(const std::string &name, const bench_settings &settings,
                        const std::vector<load_shape> &shapes, const tcp_load_options &ours,
                        const tcp_load_options &floor)
{
    for (const load_shape &shape : shapes) {
        const auto run = [&](const tcp_load_options &options) {
            return run_tcp_load(shape.of(options, settings.seconds));
        };
        if (!compare(
                name + shape.text(), settings, [&] { return run(ours); },
                [&] { return run(floor); }))
            return false;
    }
    return true;
}

bool bench_echo(const bench_settings &settings)
{
    echo_server bare, echo;
    return bare.start({"bare-tcp"}) && echo.start({"echo", "0"}) &&
           compare_tcp("tcp echo", settings, {{50, 1}, {50, 16}}, echo.load(), bare.load());
}

bool bench_dns(const bench_settings &settings)
{
    lookup_server dns;
    echo_server bare;
    if (!dns.start(1) || !bare.start({"bare-tcp"}))
        return false;
    // The floor sends the question back, which is shorter than the answer.
    tcp_load_options floor = bare.load();
    const std::string &request = dns.load().exchanges[0].request;
    floor.exchanges = {{request, request}};
    return compare_tcp("dns lookup", settings, {{2, 16}, {50, 1}}, dns.load(), floor);
}

}  // namespace lars::bench
