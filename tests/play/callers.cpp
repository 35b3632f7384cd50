// The callers of a scenario as a real program. Usage:
//     lars_play_callers SCENARIO AGENT_PORT...
// At the pace that the scenario says it asks the agents in turn for a host of module (1,1),
// calls it, and reports. Prints "IP:PORT CALLS FAILED" for each host and "refused N".
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "lars_client.h"
#include "scenario.h"
#include "wire_peer.h"

using namespace lars;
using std::chrono::steady_clock;

namespace {

struct counts {
    uint64_t calls = 0;
    uint64_t failed = 0;
};

struct table {
    std::map<std::string, counts> hosts;
    uint64_t refused = 0;
};

// Shared by all threads.
struct workload {
    const scenario &played;
    std::vector<uint16_t> agents;
    steady_clock::time_point began;
    std::atomic<uint64_t> next{0};
};

// One thread of callers, with connections of its own.
class caller {
public:
    explicit caller(workload &work) : _work(work)
    {
        for (uint16_t port : work.agents) {
            _agents.emplace_back("127.0.0.1", port);
            _agents.back().set_deadline(2000);
        }
    }

    table run()
    {
        const uint64_t calls = _work.played.total_calls();
        for (uint64_t i = _work.next++; i < calls; i = _work.next++) {
            std::this_thread::sleep_until(_work.began +
                                          _work.played.duration * i / static_cast<int64_t>(calls));
            call(_agents[i % _agents.size()]);
        }
        return std::move(_seen);
    }

private:
    void call(lars_client &agent)
    {
        std::string ip;
        int port = 0;
        if (agent.get_host(1, 1, ip, port) != lars_client::RET_SUCC) {
            ++_seen.refused;
            return;
        }
        const auto began = steady_clock::now();
        const bool well = call_backend(static_cast<uint16_t>(port));
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
        agent.report(1, 1, ip, port, well ? 0 : 1, static_cast<uint32_t>(took.count()));
        counts &host = _seen.hosts[ip + ":" + std::to_string(port)];
        ++host.calls;
        host.failed += !well;
    }

    bool call_backend(uint16_t port)
    {
        test::wire_peer &backend = _backends[port];
        if ((backend.fd() < 0 && !backend.connect_tcp(port)) || !backend.send_frame(1, "")) {
            backend.close();
            return false;
        }
        const auto answer = backend.receive_frame(std::chrono::seconds(20));
        return answer && answer->body == "well";
    }

    workload &_work;
    std::vector<lars_client> _agents;
    std::map<uint16_t, test::wire_peer> _backends;
    table _seen;
};

}  // namespace

// Enough threads for the calls that are under way when all are as slow as the slowest.
static size_t threads_for(const scenario &played)
{
    scenario::time slowest = scenario::USUAL_TIME;
    for (const scenario::event &event : played.events)
        slowest = std::max(slowest, event.takes);
    const double under_way = played.calls * std::chrono::duration<double>(slowest).count();
    return std::min<size_t>(64, static_cast<size_t>(std::ceil(under_way)) + 4);
}

int main(int argc, char **argv)
{
    scenario played;
    if (argc < 3) {
        std::fprintf(stderr, "usage: lars_play_callers SCENARIO AGENT_PORT...\n");
        return 2;
    }
    if (status s = read_scenario(argv[1], &played); !s) {
        std::fprintf(stderr, "lars_play_callers: %s\n", s.message().c_str());
        return 1;
    }
    workload work{played, {}, steady_clock::now()};
    for (int i = 2; i < argc; ++i)
        work.agents.push_back(static_cast<uint16_t>(std::atoi(argv[i])));

    table all;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (size_t i = threads_for(played); i > 0; --i)
        threads.emplace_back([&] {
            const table seen = caller(work).run();
            std::lock_guard<std::mutex> lock(mutex);
            all.refused += seen.refused;
            for (const auto &[host, count] : seen.hosts) {
                all.hosts[host].calls += count.calls;
                all.hosts[host].failed += count.failed;
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    for (const auto &[host, count] : all.hosts)
        std::printf("%s %lu %lu\n", host.c_str(), count.calls, count.failed);
    std::printf("refused %lu\n", all.refused);
}
