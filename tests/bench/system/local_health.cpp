// How soon what one process suffers keeps another process away from a host.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <new>
#include <thread>

#include "local_system.h"

namespace lars::bench {
namespace {

constexpr double GOAL = 20;        // ms, in place of a floor
constexpr int SUCCESSES = 60;      // of the module, before one of its hosts fails
constexpr int FAILURES = 10;       // at once: more than the policy's evidence_limit, 8
constexpr int FEW = 3, MANY = 30;  // choices: one of each host in turn, and ten
constexpr auto PAUSE = std::chrono::microseconds(100);
constexpr auto WITHIN = std::chrono::seconds(5);

// What the two processes tell each other. A round has a module of its own, the first is 0.
struct board {
    std::atomic<int> round{-1};     // that is on
    std::atomic<int> watching{-1};  // the other one has chosen the host that will fail
    std::atomic<int> avoided{-1};   // it does not any more
    std::atomic<int64_t> avoided_at{0};
};

int64_t now()
{
    return std::chrono::nanoseconds(bench_clock::now().time_since_epoch()).count();
}

// True as soon as HOLDS() is, which is asked every PAUSE.
template <typename condition>
bool soon(condition holds)
{
    const auto end = bench_clock::now() + WITHIN;
    while (!holds()) {
        if (bench_clock::now() > end)
            return false;
        std::this_thread::sleep_for(PAUSE);
    }
    return true;
}

// The client of one of the two.
class caller {
public:
    explicit caller(const local_load_options &options)
        : _options(options), _client(options.agent_ip, options.agent_port)
    {
    }
    // Chooses that round's module from now on. True once that goes by the local path.
    bool begin(int round)
    {
        _cmdid = _options.cmdid + round;
        _failing = local_system::first_host_of(round);
        return soon([this] { return choose() && _client.is_local(); });
    }
    bool choose()
    {
        return _client.get_host(_options.modid, _cmdid, _ip, _port) == lars_client::RET_SUCC;
    }
    bool chose_failing() const { return _ip == _failing; }
    void report(bool success)
    {
        _client.report(_options.modid, _cmdid, _ip, _port, success ? 0 : 1);
    }
    // Whether one of so many choices was the host that fails.
    bool chooses_failing(int choices)
    {
        bool chosen = false;
        for (int i = 0; i < choices; ++i)
            chosen = (choose() && chose_failing()) || chosen;
        return chosen;
    }

private:
    const local_load_options _options;
    lars_client _client;
    int _cmdid = 0, _port = 0;
    std::string _ip, _failing;
};

// The other process: chooses, and sees when that host is not chosen any more.
bool watch(const local_load_options &options, int rounds, board *shared)
{
    caller client(options);
    for (int round = 0; round < rounds; ++round) {
        if (!soon([&] { return shared->round == round; }) || !client.begin(round) ||
            !soon([&] { return client.chooses_failing(MANY); }))
            return false;
        shared->watching = round;
        if (!soon([&] { return !client.chooses_failing(MANY); }))
            return false;
        shared->avoided_at = now();
        shared->avoided = round;
    }
    return true;
}

// The process that suffers. Returns how many ms it took, or -1.
double suffer(caller *client, int round, board *shared)
{
    shared->round = round;
    if (!client->begin(round))
        return -1;
    for (int i = 0; i < SUCCESSES; ++i) {
        client->choose();
        client->report(true);
    }
    if (!soon([&] { return shared->watching == round; }))
        return -1;
    // At any moment of the agent's interval.
    std::this_thread::sleep_for(std::chrono::microseconds(10000 + 1700 * round % 5000));
    const int64_t begin = now();
    const auto call = [client] {
        client->choose();
        client->report(!client->chose_failing());
        return client->chose_failing();
    };
    for (int failed = 0, calls = 0; failed < FAILURES && calls < 10 * MANY; ++calls)
        failed += call();
    const bool avoided = soon([&] {
        for (int i = 0; i < FEW; ++i)
            call();
        return shared->avoided == round;
    });
    return avoided ? static_cast<double>(shared->avoided_at - begin) / 1e6 : -1;
}

// The time of each round; fewer than ROUNDS if one fails.
std::vector<double> times_of(const local_load_options &options, int rounds, board *shared)
{
    std::vector<double> times;
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(watch(options, rounds, shared) ? 0 : 1);
    }
    if (child < 0)
        return times;
    caller client(options);
    for (int round = 0; round < rounds; ++round) {
        const double took = suffer(&client, round, shared);
        if (took < 0)
            break;
        times.push_back(took);
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return times;
}

}  // namespace

bool measure_health(const bench_settings &settings, const local_load_options &options)
{
    // 200 in a usual run.
    const int rounds =
        std::clamp(static_cast<int>(40 * settings.rounds * settings.seconds), 2, options.modules);
    void *memory =
        mmap(nullptr, sizeof(board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return std::perror("local, health"), false;
    const std::vector<double> times = times_of(options, rounds, new (memory) board);
    munmap(memory, sizeof(board));
    if (times.size() < static_cast<size_t>(rounds))
        return std::fprintf(stderr, "local, health: round %zu of %d fails\n", times.size(), rounds),
               false;
    settings.table->add(
        {"local, health to other, 99 of 100", "ms", 1, percentile(times, 99), GOAL});
    return true;
}

}  // namespace lars::bench
