#include "together.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <new>
#include <thread>

namespace lars::bench {

const char *const NOT_ALL_READY = "not all workers were ready";

namespace {

constexpr std::chrono::seconds READY_WITHIN(30);

// What a worker leaves for the process that has begun it all.
struct outcome {
    uint64_t calls = 0;
    double seconds = 0;
    double cpu_seconds = 0;
    char error[256] = "a process has died";
};

// In memory that the processes share.
struct meeting {
    std::atomic<int> ready{0};
    std::atomic<int> given_up{0};
};

class shared_outcomes {
public:
    explicit shared_outcomes(int count)
        : _count(count), _size(sizeof(meeting) + sizeof(outcome) * static_cast<size_t>(count))
    {
        _memory = mmap(nullptr, _size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (_memory == MAP_FAILED)
            throw std::bad_alloc();
        new (_memory) meeting;
        for (int i = 0; i < count; ++i)
            new (&at(i)) outcome;
    }
    ~shared_outcomes() { munmap(_memory, _size); }
    shared_outcomes(const shared_outcomes &) = delete;
    shared_outcomes &operator=(const shared_outcomes &) = delete;

    void run(int number, const work &todo);
    measurement result(int number);

private:
    meeting &place() { return *static_cast<meeting *>(_memory); }
    outcome &at(int number)
    {
        return reinterpret_cast<outcome *>(static_cast<char *>(_memory) + sizeof(meeting))[number];
    }
    bool wait_for_all();

    const int _count;
    const size_t _size;
    void *_memory;
};

bool shared_outcomes::wait_for_all()
{
    const auto end = bench_clock::now() + READY_WITHIN;
    ++place().ready;
    while (place().ready < _count) {
        if (place().given_up > 0 || bench_clock::now() > end)
            return false;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

void shared_outcomes::run(int number, const work &todo)
{
    const measurement measured = todo([this] { return wait_for_all(); });
    outcome &mine = at(number);
    mine.calls = measured.calls;
    mine.seconds = measured.seconds;
    mine.cpu_seconds = measured.cpu_seconds;
    const size_t length = std::min(measured.error.size(), sizeof mine.error - 1);
    std::memcpy(mine.error, measured.error.data(), length);
    mine.error[length] = 0;
    if (length > 0)
        ++place().given_up;
}

measurement shared_outcomes::result(int number)
{
    const outcome &of = at(number);
    measurement measured;
    measured.calls = of.calls;
    measured.seconds = of.seconds;
    measured.cpu_seconds = of.cpu_seconds;
    measured.error = of.error;
    return measured;
}

void run_in_threads(int first, int count, const work &todo, shared_outcomes *outcomes)
{
    std::vector<std::thread> running;
    for (int i = 1; i < count; ++i)
        running.emplace_back([&, i] { outcomes->run(first + i, todo); });
    outcomes->run(first, todo);
    for (std::thread &thread : running)
        thread.join();
}

}  // namespace

std::vector<measurement> run_together(int processes, int threads, const work &todo)
{
    const int count = processes * threads;
    shared_outcomes outcomes(count);
    if (processes == 1)
        run_in_threads(0, threads, todo, &outcomes);
    std::vector<pid_t> children;
    for (int i = 0; i < processes && processes > 1; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            run_in_threads(i * threads, threads, todo, &outcomes);
            _exit(0);
        }
        if (child > 0)
            children.push_back(child);
    }
    for (const pid_t child : children)
        waitpid(child, nullptr, 0);
    std::vector<measurement> results;
    for (int i = 0; i < count; ++i)
        results.push_back(outcomes.result(i));
    return results;
}

int processors()
{
    cpu_set_t usable;
    return sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
}

measurement sum_of(const std::vector<measurement> &all)
{
    measurement sum;
    for (const measurement &one : all) {
        // One that waited in vain for others has the less to say.
        if (!one.error.empty() && (sum.error.empty() || sum.error == NOT_ALL_READY))
            sum.error = one.error;
        sum.calls += one.calls;
        sum.seconds = std::max(sum.seconds, one.seconds);
        sum.cpu_seconds = std::max(sum.cpu_seconds, one.cpu_seconds);
    }
    return sum;
}

}  // namespace lars::bench
