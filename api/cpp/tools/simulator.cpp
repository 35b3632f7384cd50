// Asks for hosts and reports invented outcomes, to see how the agent schedules.
#include <cstdio>
#include <map>
#include <random>

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
    int modid;
    int cmdid;
    int error_rate;  // of ten
    int queries;
};

void query(lars_client &client, const workload &work, bool fails, totals &seen)
{
    std::string ip;
    int port = 0;
    switch (client.get_host(work.modid, work.cmdid, ip, port)) {
    case lars_client::RET_SUCC: {
        host_counts &counts = seen.hosts[ip + ":" + std::to_string(port)];
        ++(fails ? counts.failed : counts.ok);
        client.report(work.modid, work.cmdid, ip, port, fails ? 1 : 0);
        break;
    }
    case lars_client::RET_OVERLOAD:
        ++seen.overload;
        break;
    case lars_client::RET_NOEXIST:
        ++seen.noexist;
        break;
    default:
        ++seen.error;
        seen.last_error = client.error();
    }
}

void print(const totals &seen)
{
    std::printf("%-21s %9s %9s %9s\n", "host", "calls", "ok", "failed");
    for (const auto &[host, counts] : seen.hosts)
        std::printf("%-21s %9ld %9ld %9ld\n", host.c_str(), counts.ok + counts.failed, counts.ok,
                    counts.failed);
    std::printf("overload %ld\nnoexist %ld\nerror %ld\n", seen.overload, seen.noexist, seen.error);
    if (!seen.last_error.empty())
        std::fprintf(stderr, "lars_simulator: %s\n", seen.last_error.c_str());
}

}  // namespace

int main(int argc, char **argv)
{
    lars::tool_args args(
        argc, argv,
        std::string("MODID CMDID [ERR_RATE] [QUERIES] [--agent IP] [--port N]\n"
                    "  ERR_RATE   how many of ten calls are reported failed, 0 to 10 (default 0)\n"
                    "  QUERIES    default 1000") +
            lars::AGENT_USAGE);
    args.ask_agent();
    workload work{};
    work.modid = args.number("MODID");
    work.cmdid = args.number("CMDID");
    work.error_rate = args.number_or("ERR_RATE", 0, 0, 10);
    work.queries = args.number_or("QUERIES", 1000, 1, INT_MAX);
    if (!args.finish())
        return args.exit_status();

    lars_client client = args.make_client();
    client.reg_init(work.modid, work.cmdid);
    std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<int> of_ten(0, 9);
    totals seen;
    for (int i = 0; i < work.queries; ++i)
        query(client, work, of_ten(random) < work.error_rate, seen);
    print(seen);
    return seen.hosts.empty() ? 1 : 0;
}
