// lars_bench tcp: see TCP_DETAILS.
#include <cstdio>

#include "lookup_load.h"
#include "tool.h"

namespace lars::bench {

const char *const TCP_SYNOPSIS = "tcp IP:PORT MODID CMDID [-c N] [-n N] [-s SECONDS]";
static const char *const TCP_DETAILS =
    "Asks a lars_dns for the module's route, again and again.\n"
    "  -c N        connections, 1 to 50000 (default 50)\n"
    "  -n N        lookups under way on each, 1 to 1000 (default 1)\n"
    "  -s SECONDS  1 to 86400 (default 10)\n"
    "Exit status 1: it is not there, or an answer is wrong or missing.\n";

static void print(const lookup_options &options, const lookup_load &load)
{
    const latencies &answered = load.answered();
    std::printf("%s\n", hosts_text(options.module, load.hosts()).c_str());
    std::printf(
        "%.0f lookups a second: %llu in %.1f s, on %d connections with %d under way on each\n",
        static_cast<double>(answered.count()) / load.lasted().count(),
        static_cast<unsigned long long>(answered.count()), load.lasted().count(),
        options.connections, options.in_flight);
    std::printf("%s\n%llu errors, %llu changes pushed\n", answered.to_string().c_str(),
                static_cast<unsigned long long>(load.errors()),
                static_cast<unsigned long long>(load.pushes()));
}

int bench_tcp(int argc, char **argv)
{
    tool_args args(argc, argv, TCP_SYNOPSIS, TCP_DETAILS);
    lookup_options options;
    options.connections = args.option_number("-c", 1, 50000).value_or(50);
    options.in_flight = args.option_number("-n", 1, 1000).value_or(1);
    options.length = std::chrono::seconds(args.option_number("-s", 1, 86400).value_or(10));
    args.text("tcp");
    options.server = address_argument(&args);
    const tool_module module = args.module();
    options.module = {module.modid, module.cmdid};
    if (!args.finish())
        return args.exit_status();

    stop_by_signals();
    lookup_load load(options);
    if (const status s = load.open(); !s)
        return complain(s), 1;
    load.run();
    if (load.answered().count() > 0)
        print(options, load);
    if (load.errors() > 0)
        complain(load.first_error());
    else if (load.answered().count() == 0)
        complain(status::error(options.server.to_string() + " has answered nothing"));
    return load.errors() == 0 && load.answered().count() > 0 ? 0 : 1;
}

}  // namespace lars::bench
