// lars_bench local: see LOCAL_DETAILS.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "local_load.h"
#include "together.h"
#include "tool.h"

namespace lars::bench {

const char *const LOCAL_SYNOPSIS =
    "local [IP[:PORT]] MODID CMDID [-m N] [-p N] [-s SECONDS] [-t N]";
static const char *const LOCAL_DETAILS =
    "Chooses a host of the module by the local path and reports that its call went well, again\n"
    "and again, as a program of this machine does that uses lars_client. IP:PORT is the first\n"
    "of the agent's three ports.\n"
    "  -m N                  modules in turn, from CMDID on, 1 to 10000 (default 1)\n"
    "  -p N                  processes, 1 to 100 (default 1)\n"
    "  -s SECONDS            1 to 86400 (default 10)\n"
    "  -t N                  threads in each process, 1 to 100 (default 1)\n"
    "Each thread first does the least that such a pair can be, for the floor: takes the next of\n"
    "three hosts by an atomic number, and adds to two counters.\n"
    "Exit status 1: the agent does not offer the local path, or a module is not chosen by it.\n";
static constexpr double FLOOR_SECONDS = 0.5;

struct local_options {
    local_load_options load;
    int processes = 1, threads = 1, seconds = 10;
};

static double ns_a_pair(const measurement &of)
{
    return 1e9 / of.calls_per_second();
}

// The mean of all threads.
static double ns_a_pair(const std::vector<measurement> &all)
{
    double sum = 0;
    for (const measurement &one : all)
        sum += ns_a_pair(one);
    return sum / static_cast<double>(all.size());
}

static void print(const local_options &options, const std::vector<measurement> &ours,
                  const std::vector<measurement> &floor)
{
    const measurement all = sum_of(ours);
    std::printf("%.0f pairs of get_host and report a second: %llu in %.1f s, from %d processes "
                "with %d threads each\n",
                all.calls_per_second(), static_cast<unsigned long long>(all.calls), all.seconds,
                options.processes, options.threads);
    std::printf("ns a pair in each thread:");
    for (const measurement &one : ours)
        std::printf(" %.1f", ns_a_pair(one));
    const double least = ns_a_pair(floor);
    std::printf("\nfloor: %.1f ns a pair, %.0f %% of that\n", least, 100 * least / ns_a_pair(ours));
    if (options.processes * options.threads > processors())
        std::printf("there are more threads than processors: %d\n", processors());
}

static int run(const local_options &options)
{
    const auto floor =
        run_together(options.processes, options.threads, [&options](const make_ready &ready) {
            return ready() ? run_bare_turns(options.load.modules, FLOOR_SECONDS)
                           : failed(NOT_ALL_READY);
        });
    const auto ours =
        run_together(options.processes, options.threads, [&options](const make_ready &ready) {
            local_load load(options.load);
            if (const status s = load.prepare(); !s)
                return failed(s.message());
            return ready() ? load.run(options.seconds) : failed(NOT_ALL_READY);
        });
    for (const auto *all : {&floor, &ours}) {
        if (const std::string why = sum_of(*all).error; !why.empty())
            return complain(status::error(why)), 1;
    }
    print(options, ours, floor);
    return 0;
}

int bench_local(int argc, char **argv)
{
    tool_args args = agent_arguments(argc, argv, LOCAL_SYNOPSIS, LOCAL_DETAILS);
    local_options options;
    options.load.modules = args.option_number("-m", 1, 10000).value_or(1);
    options.processes = args.option_number("-p", 1, 100).value_or(1);
    options.seconds = args.option_number("-s", 1, 86400).value_or(10);
    options.threads = args.option_number("-t", 1, 100).value_or(1);
    args.text("local");
    const tool_module module = args.module();
    if (module.cmdid > INT32_MAX - options.load.modules)
        args.reject("CMDID: too large for so many modules");
    if (!args.finish())
        return args.exit_status();

    options.load.agent_ip = args.agent_ip();
    options.load.agent_port = args.agent_port();
    options.load.modid = module.modid;
    options.load.cmdid = module.cmdid;
    options.load.prepared_within = std::chrono::seconds(3);
    return run(options);
}

}  // namespace lars::bench
