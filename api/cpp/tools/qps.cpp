// How many times a second the agent answers. Each thread has its own client and,
// unless one is chosen, its own module.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "tool_args.h"

using lars::lars_client;

namespace {

struct tally {
    long ok = 0;
    long overload = 0;
    long noexist = 0;
    long error = 0;
};

struct counters {
    std::atomic<long> ok{0};
    std::atomic<long> overload{0};
    std::atomic<long> noexist{0};
    std::atomic<long> error{0};

    tally read() const { return {ok, overload, noexist, error}; }
};

struct workload {
    int threads = 0;
    int seconds = 0;
    std::optional<lars::tool_module> only;  // the module of every thread
    bool report = true;

    // As in the course: modules one after another belong to different servers
    // of the agent, so that all three have work.
    lars::tool_module module_of(int thread) const
    {
        return only.value_or(lars::tool_module{thread + 1, 1});
    }
};

}  // namespace

static void work(lars_client client, const lars::tool_module &module, bool report,
                 const std::atomic<bool> &stop, counters &count)
{
    client.reg_init(module.modid, module.cmdid);
    std::string ip;
    int port = 0;
    while (!stop.load(std::memory_order_relaxed)) {
        std::atomic<long> *counter = &count.error;
        switch (client.get_host(module.modid, module.cmdid, ip, port)) {
        case lars_client::RET_SUCC:
            counter = &count.ok;
            if (report)
                client.report(module.modid, module.cmdid, ip, port, 0);
            break;
        case lars_client::RET_OVERLOAD: counter = &count.overload; break;
        case lars_client::RET_NOEXIST: counter = &count.noexist; break;
        default: break;
        }
        counter->fetch_add(1, std::memory_order_relaxed);
    }
}

static tally sum(const std::vector<std::unique_ptr<counters>> &counts)
{
    tally all;
    for (const auto &count : counts) {
        const tally one = count->read();
        all.ok += one.ok;
        all.overload += one.overload;
        all.noexist += one.noexist;
        all.error += one.error;
    }
    return all;
}

static void print(const std::string &label, const tally &from, const tally &to)
{
    std::printf("%-10s %9ld %9ld %9ld %9ld\n", label.c_str(), to.ok - from.ok,
                to.overload - from.overload, to.noexist - from.noexist, to.error - from.error);
    std::fflush(stdout);
}

// Prints a line each second, one for each module where they are several, and
// the sum, which it returns.
static tally measure(const lars::tool_args &args, const workload &what)
{
    std::atomic<bool> stop{false};
    std::vector<std::unique_ptr<counters>> counts;
    std::vector<std::thread> running;
    std::printf("%-10s %9s %9s %9s %9s\n", "second", "ok", "overload", "noexist", "error");
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < what.threads; ++i) {
        counts.push_back(std::make_unique<counters>());
        running.emplace_back(work, args.make_client(), what.module_of(i), what.report,
                             std::cref(stop), std::ref(*counts.back()));
    }

    tally before;
    for (int second = 1; second <= what.seconds; ++second) {
        std::this_thread::sleep_until(start + std::chrono::seconds(second));
        const tally now = sum(counts);
        print(std::to_string(second), before, now);
        before = now;
    }
    stop = true;
    for (std::thread &thread : running)
        thread.join();

    for (int i = 0; !what.only && i < what.threads; ++i)
        print(what.module_of(i).to_string(), {}, counts[static_cast<size_t>(i)]->read());
    const tally all = sum(counts);
    print("total", {}, all);
    return all;
}

int main(int argc, char **argv)
{
    lars::tool_args args(
        argc, argv, "THREADS [SECONDS] [--modid N] [--cmdid N] [--no-report]",
        "The first thread asks for hosts of module (1,1), the second of (2,1), and so on; a\n"
        "success is reported of each host. A module that is not in the database counts as "
        "noexist.\n"
        "  SECONDS               default 10\n"
        "  --modid N --cmdid N   all threads ask for this module (one alone: the other is 1)\n"
        "  --no-report           reports nothing\n");
    args.ask_agent();
    workload what;
    const auto modid = args.option_number("--modid");
    const auto cmdid = args.option_number("--cmdid");
    if (modid || cmdid)
        what.only = {modid.value_or(1), cmdid.value_or(1)};
    what.report = !args.flag("--no-report");
    what.threads = args.number("THREADS", 1, 1000);
    what.seconds = args.number_or("SECONDS", 10, 1, 86400);
    if (!args.finish())
        return args.exit_status();

    const tally all = measure(args, what);
    std::printf("%ld successes a second\n", all.ok / what.seconds);
    return all.ok > 0 ? 0 : 1;
}
