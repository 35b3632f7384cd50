// How many times a second the agent answers. Each thread has its own client.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "tool_args.h"

using lars::lars_client;

namespace {

struct counters {
    std::atomic<long> ok{0};
    std::atomic<long> overload{0};
    std::atomic<long> noexist{0};
    std::atomic<long> error{0};
};

struct snapshot {
    long ok = 0;
    long overload = 0;
    long noexist = 0;
    long error = 0;
};

struct workload {
    int modid;
    int cmdid;
    bool report;
};

void work(lars_client client, const workload &what, const std::atomic<bool> &stop, counters &count)
{
    std::string ip;
    int port = 0;
    while (!stop.load(std::memory_order_relaxed)) {
        std::atomic<long> *counter = &count.error;
        switch (client.get_host(what.modid, what.cmdid, ip, port)) {
        case lars_client::RET_SUCC:
            counter = &count.ok;
            if (what.report)
                client.report(what.modid, what.cmdid, ip, port, 0);
            break;
        case lars_client::RET_OVERLOAD:
            counter = &count.overload;
            break;
        case lars_client::RET_NOEXIST:
            counter = &count.noexist;
            break;
        default:
            break;
        }
        counter->fetch_add(1, std::memory_order_relaxed);
    }
}

snapshot sum(const std::vector<std::unique_ptr<counters>> &counts)
{
    snapshot all;
    for (const auto &count : counts) {
        all.ok += count->ok;
        all.overload += count->overload;
        all.noexist += count->noexist;
        all.error += count->error;
    }
    return all;
}

void print(const char *label, const snapshot &from, const snapshot &to)
{
    std::printf("%-8s %9ld %9ld %9ld %9ld\n", label, to.ok - from.ok, to.overload - from.overload,
                to.noexist - from.noexist, to.error - from.error);
    std::fflush(stdout);
}

snapshot measure(const lars::tool_args &args, const workload &what, int threads, int seconds)
{
    std::atomic<bool> stop{false};
    std::vector<std::unique_ptr<counters>> counts;
    std::vector<std::thread> running;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < threads; ++i) {
        counts.push_back(std::make_unique<counters>());
        running.emplace_back(work, args.make_client(), what, std::cref(stop),
                             std::ref(*counts.back()));
    }

    snapshot before;
    for (int second = 1; second <= seconds; ++second) {
        std::this_thread::sleep_until(start + std::chrono::seconds(second));
        const snapshot now = sum(counts);
        print(std::to_string(second).c_str(), before, now);
        before = now;
    }
    stop = true;
    for (std::thread &thread : running)
        thread.join();
    return sum(counts);
}

}  // namespace

int main(int argc, char **argv)
{
    lars::tool_args args(
        argc, argv,
        std::string("THREADS [SECONDS] [--modid N] [--cmdid N] [--report]"
                    " [--agent IP] [--port N]\n"
                    "  SECONDS             default 10\n"
                    "  --modid, --cmdid    the module to ask for (default 1 1)\n"
                    "  --report            report a success after each host") +
            lars::AGENT_USAGE);
    args.ask_agent();
    workload what{};
    what.modid = args.option_number("--modid", 1, INT_MIN, INT_MAX);
    what.cmdid = args.option_number("--cmdid", 1, INT_MIN, INT_MAX);
    what.report = args.flag("--report");
    const int threads = args.number("THREADS", 1, 1000);
    const int seconds = args.number_or("SECONDS", 10, 1, 86400);
    if (!args.finish())
        return args.exit_status();

    args.make_client().reg_init(what.modid, what.cmdid);
    std::printf("%-8s %9s %9s %9s %9s\n", "second", "ok", "overload", "noexist", "error");
    const snapshot all = measure(args, what, threads, seconds);
    print("total", {}, all);
    std::printf("%ld successes a second\n", all.ok / seconds);
    return all.ok > 0 ? 0 : 1;
}
