// lars_bench push: see PUSH_DETAILS.
#include <cstdio>

#include "change_watch.h"
#include "tool.h"

namespace lars::bench {

const char *const PUSH_SYNOPSIS = "push IP:PORT MODID CMDID [-c N] [-s SECONDS]";
static const char *const PUSH_DETAILS =
    "Subscribes the module at a lars_dns, and prints a line for each change of its route. Change\n"
    "it meanwhile, with lars_route.\n"
    "  -c N        subscribers, 1 to 50000 (default 1000)\n"
    "  -s SECONDS  1 to 86400 (default 10); Ctrl-C ends it before\n"
    "Exit status 1: it is not there, or it sends something wrong.\n";

int bench_push(int argc, char **argv)
{
    tool_args args(argc, argv, PUSH_SYNOPSIS, PUSH_DETAILS);
    watch_options options;
    options.subscribers = args.option_number("-c", 1, 50000).value_or(1000);
    options.length = std::chrono::seconds(args.option_number("-s", 1, 86400).value_or(10));
    args.text("push");
    options.server = address_argument(&args);
    const tool_module module = args.module();
    if (!args.finish())
        return args.exit_status();

    options.module = {module.modid, module.cmdid};
    stop_by_signals();
    change_watch watch(options);
    if (const status s = watch.open(); !s)
        return complain(s), 1;
    watch.run();
    if (watch.changes() == 0)
        std::printf("no change came\n");
    else
        std::printf("%llu changes; from the first to the last subscriber: median %s, longest %s\n",
                    static_cast<unsigned long long>(watch.changes()),
                    time_text(watch.spreads().percentile(50)).c_str(),
                    time_text(watch.spreads().longest()).c_str());
    if (watch.errors() > 0)
        complain(watch.first_error());
    return watch.errors() == 0 ? 0 : 1;
}

}  // namespace lars::bench
