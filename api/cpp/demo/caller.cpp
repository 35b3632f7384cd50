// The demo's business program: asks the agent for hosts, really calls them, and
// reports how each call went. Commands on stdin say when a phase begins and
// when to print its table.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "caller_table.h"
#include "tcp_call.h"
#include "tool_args.h"

using lars::lars_client;

static constexpr int CALL_TIMEOUT_MS = 500;

namespace {

// Lets sleepers wake early when the program ends.
class stop_flag {
public:
    using clock = std::chrono::steady_clock;

    void set()
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _set = true;
        _changed.notify_all();
    }

    // True if the flag was set before TIME.
    bool wait_until(clock::time_point time)
    {
        std::unique_lock<std::mutex> lock(_mutex);
        return _changed.wait_until(lock, time, [this] { return _set; });
    }

private:
    std::mutex _mutex;
    std::condition_variable _changed;
    bool _set = false;  // guarded by _mutex
};

struct workload {
    lars::tool_module module;
    std::chrono::nanoseconds interval;  // of each thread
};

}  // namespace

static void call_once(lars_client &client, const workload &work, lars::caller_table &table)
{
    const int phase = table.phase();
    std::string ip;
    int port = 0;
    const int retcode = client.get_host(work.module.modid, work.module.cmdid, ip, port);
    if (retcode != lars_client::RET_SUCC) {
        table.add_without_host(phase, retcode);
        return;
    }
    const lars::tcp_outcome call = lars::tcp_call(ip, port, "hello", CALL_TIMEOUT_MS);
    client.report(work.module.modid, work.module.cmdid, ip, port, call.retcode, call.milliseconds);
    table.add_call(phase, ip + ":" + std::to_string(port), call.retcode == 0);
}

static void run(lars_client client, const workload &work, stop_flag &stop,
                lars::caller_table &table)
{
    auto next = stop_flag::clock::now();
    while (!stop.wait_until(next)) {
        call_once(client, work, table);
        // A thread that fell behind does not catch up in a burst.
        next = std::max(next + work.interval, stop_flag::clock::now());
    }
}

static void obey_commands(lars::caller_table &table)
{
    std::string line;
    while (std::getline(std::cin, line) && line != "quit") {
        if (line == "print")
            table.print(stdout);
        else if (line.compare(0, 6, "phase ") == 0)
            table.start_phase(line.substr(6));
        else if (!line.empty())
            std::fprintf(stderr, "lars_demo_caller: unknown command '%s'\n", line.c_str());
    }
}

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, "MODID CMDID [--rate CALLS_PER_SECOND] [--threads N]",
                         "Commands on stdin: 'phase NAME', 'print', 'quit'.\n"
                         "  --rate                of all threads together (default 200)\n"
                         "  --threads             default 2\n");
    args.ask_agent();
    const int rate = args.option_number("--rate", 1, 1000000).value_or(200);
    const int threads = args.option_number("--threads", 1, 1000).value_or(2);
    workload work{};
    work.module = args.module();
    work.interval = std::chrono::nanoseconds(1000000000LL * threads / rate);
    if (!args.finish())
        return args.exit_status();

    stop_flag stop;
    lars::caller_table table;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back(run, args.make_client(), work, std::ref(stop), std::ref(table));
    obey_commands(table);
    stop.set();
    for (std::thread &thread : running)
        thread.join();
}
