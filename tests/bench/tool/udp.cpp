// lars_bench udp: see UDP_DETAILS.
#include <cstdio>
#include <memory>
#include <thread>

#include "agent_load.h"
#include "tool.h"
#include "wire_rules.h"

namespace lars::bench {

const char *const UDP_SYNOPSIS = "udp [IP[:PORT]] MODID CMDID [-n N] [-s SECONDS] [-t N]";
static const char *const UDP_DETAILS =
    "Asks an agent for a host of the module and reports that its call went well, again and again.\n"
    "IP:PORT is the first of the agent's three ports.\n"
    "  -n N                  questions under way in each thread, 1 to 1000 (default 1)\n"
    "  -s SECONDS            1 to 86400 (default 10)\n"
    "  -t N                  threads, 1 to 100 (default 1)\n";

static void print(const agent_load_options &options,
                  const std::vector<std::unique_ptr<agent_load>> &loads)
{
    latencies answered;
    std::array<unsigned long long, 4> retcodes{};
    unsigned long long lost = 0, wrong = 0;
    double seconds = 0;
    for (const auto &load : loads) {
        answered.add(load->answered());
        for (size_t i = 0; i < retcodes.size(); ++i)
            retcodes[i] += load->retcodes()[i];
        lost += load->lost();
        wrong += load->wrong();
        seconds = std::max(seconds, load->lasted().count());
    }
    std::printf("%.0f pairs of get_host and report a second: %llu in %.1f s, "
                "from %zu threads with %d under way in each\n",
                static_cast<double>(retcodes[RET_SUCC]) / seconds, retcodes[RET_SUCC], seconds,
                loads.size(), options.in_flight);
    std::printf("%s\n", answered.to_string().c_str());
    std::printf("RET_SUCC %llu, RET_OVERLOAD %llu, RET_SYSTEM_ERROR %llu, RET_NOEXIST %llu\n"
                "lost %llu, wrong %llu\n",
                retcodes[RET_SUCC], retcodes[RET_OVERLOAD], retcodes[RET_SYSTEM_ERROR],
                retcodes[RET_NOEXIST], lost, wrong);
}

static int run(const agent_load_options &options, int threads)
{
    std::vector<std::unique_ptr<agent_load>> loads;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
        loads.push_back(std::make_unique<agent_load>(options));
        if (const status s = loads.back()->open(); !s)
            return complain(s), 1;
    }
    loads[0]->wait_for_host();
    for (const auto &load : loads)
        running.emplace_back([&one = *load] { one.run(); });
    uint64_t answers = 0, wrong = 0;
    for (std::thread &thread : running)
        thread.join();
    for (const auto &load : loads) {
        answers += load->answered().count();
        wrong += load->wrong();
    }
    if (answers > 0)
        print(options, loads);
    if (answers == 0)
        complain(status::error(options.server.to_string() + " answers no more"));
    else if (wrong > 0)
        complain(
            status::error(options.server.to_string() + " sends what is no answer of an agent"));
    return answers > 0 && wrong == 0 ? 0 : 1;
}

int bench_udp(int argc, char **argv)
{
    tool_args args = agent_arguments(argc, argv, UDP_SYNOPSIS, UDP_DETAILS);
    agent_load_options options;
    options.in_flight = args.option_number("-n", 1, 1000).value_or(1);
    options.length = std::chrono::seconds(args.option_number("-s", 1, 86400).value_or(10));
    const int threads = args.option_number("-t", 1, 100).value_or(1);
    args.text("udp");
    const tool_module module = args.module();
    if (!args.finish())
        return args.exit_status();

    options.module = {module.modid, module.cmdid};
    options.server.ip = parse_ip(args.agent_ip()).value_or(INADDR_LOOPBACK);
    options.server.port = static_cast<uint16_t>(
        args.agent_port() + static_cast<int>(agent_port_of(module.modid, module.cmdid)));
    stop_by_signals();
    return run(options, threads);
}

}  // namespace lars::bench
