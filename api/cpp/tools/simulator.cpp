// Asks for hosts and reports invented outcomes, to see how the agent schedules.
#include <chrono>
#include <cstdio>
#include <map>
#include <random>
#include <thread>

#include "tool_args.h"

using lars::lars_client;

namespace {

struct host_counts {
    long ok = 0;
    long failed = 0;
};

struct totals {
    std::map<std::string, host_counts> hosts;
    long overload = 0;
    long noexist = 0;
    long error = 0;
    std::string last_error;
};

struct workload {
    lars::tool_module module;
    int error_rate = 0;  // of ten
    int queries = 0;
    std::chrono::milliseconds pause{0};
    bool verbose = false;
};

}  // namespace

static void count_without_host(int retcode, const lars_client &client, totals &seen)
{
    switch (retcode) {
    case lars_client::RET_OVERLOAD: ++seen.overload; break;
    case lars_client::RET_NOEXIST: ++seen.noexist; break;
    default: ++seen.error; seen.last_error = client.error();
    }
}

// Returns what happened, in words.
static std::string query(lars_client &client, const lars::tool_module &module, bool fails,
                         totals &seen)
{
    std::string ip;
    int port = 0;
    const int retcode = client.get_host(module.modid, module.cmdid, ip, port);
    if (retcode != lars_client::RET_SUCC) {
        count_without_host(retcode, client, seen);
        return lars_client::retcode_name(retcode);
    }
    const std::string host = ip + ":" + std::to_string(port);
    host_counts &counts = seen.hosts[host];
    ++(fails ? counts.failed : counts.ok);
    client.report(module.modid, module.cmdid, ip, port, fails ? 1 : 0);
    return host + (fails ? " failed" : " ok");
}

static totals simulate(lars_client client, const workload &work)
{
    std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<int> of_ten(0, 9);
    totals seen;
    for (int i = 1; i <= work.queries; ++i) {
        if (i > 1 && work.pause.count() > 0)
            std::this_thread::sleep_for(work.pause);
        const std::string what = query(client, work.module, of_ten(random) < work.error_rate, seen);
        if (work.verbose)
            std::printf("%d: %s\n", i, what.c_str());
    }
    return seen;
}

static void print(const totals &seen)
{
    std::printf("%-21s %9s %9s %9s\n", "host", "calls", "ok", "failed");
    for (const auto &[host, counts] : seen.hosts)
        std::printf("%-21s %9ld %9ld %9ld\n", host.c_str(), counts.ok + counts.failed, counts.ok,
                    counts.failed);
    std::printf("overload %ld\nnoexist %ld\nerror %ld\n", seen.overload, seen.noexist, seen.error);
    if (!seen.last_error.empty())
        std::fprintf(stderr, "lars_simulator: %s\n", seen.last_error.c_str());
}

int main(int argc, char **argv)
{
    lars::tool_args args(
        argc, argv, "MODID CMDID [ERR_RATE] [QUERIES] [--pause MS] [-v]",
        "  ERR_RATE              how many of ten calls are reported failed, 0 to 10 (default 2)\n"
        "  QUERIES               default 100\n"
        "  --pause MS            between two calls (default 0: none)\n"
        "  -v                    prints each call\n");
    args.ask_agent();
    workload work;
    work.pause = std::chrono::milliseconds(args.option_number("--pause", 0).value_or(0));
    work.verbose = args.flag("-v");
    work.module = args.module();
    work.error_rate = args.number_or("ERR_RATE", 2, 0, 10);
    work.queries = args.number_or("QUERIES", 100, 1, INT_MAX);
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    client.reg_init(work.module.modid, work.module.cmdid);
    const totals seen = simulate(std::move(client), work);
    print(seen);
    return seen.hosts.empty() ? 1 : 0;
}
