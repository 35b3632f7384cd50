// The agent ends and is started again while programs choose and report without a pause.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "local_agent_fixture.h"
#include "raw_client.h"
#include "shared_notes.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

// What a program tells the test.
struct notes {
    std::atomic<bool> wanted;  // that it ends its calls
    std::atomic<bool> resting;
    std::atomic<bool> local;
    std::atomic<int64_t> stale_ms;
    std::atomic<uint64_t> calls;
    std::atomic<uint64_t> failed;
    std::atomic<int64_t> longest_ms;  // call
};

constexpr int DEADLINE_MS = 2000;

class LocalUpgrade : public LocalPath {
protected:
    void SetUp() override
    {
        LocalPath::SetUp();
        for (int modid = 2; modid <= MODULES; ++modid)
            learn(modid, 1, {"10.0.1.1:80", "10.0.1.2:80"});
        for (size_t i = 0; i < PROGRAMS; ++i) {
            _pids[i] = fork();
            if (_pids[i] == 0)
                call_for_ever(_told[i]);
        }
        ASSERT_TRUE(all_are_served());
    }
    void TearDown() override
    {
        for (const pid_t program : _pids) {
            kill(program, SIGKILL);
            waitpid(program, nullptr, 0);
        }
        LocalPath::TearDown();
    }

    template <typename made>
    static bool measured(notes &told, made call)
    {
        const auto began = steady::now();
        const bool succeeded = call() == lars_client::RET_SUCC;
        const auto took = std::chrono::duration_cast<milliseconds>(steady::now() - began).count();
        told.longest_ms = std::max<int64_t>(told.longest_ms, took);
        return succeeded;
    }
    // A program with a client: calls every module in turn.
    [[noreturn]] void call_for_ever(notes &told) const
    {
        lars_client program = client();
        program.set_deadline(DEADLINE_MS);
        for (uint64_t i = 0; !told.wanted; ++i) {
            const int modid = 1 + static_cast<int>(i % MODULES);
            std::string ip;
            int port = 0;
            const bool chosen =
                measured(told, [&] { return program.get_host(modid, 1, ip, port); });
            told.local = program.is_local();
            if (!chosen || !measured(told, [&] { return program.report(modid, 1, ip, port, 0); }))
                ++told.failed;
            else
                ++told.calls;
            if (i % 50 != 0)
                continue;
            told.stale_ms = program.stale().count();
            // Enough calls to notice, and time for the agent on a small machine.
            std::this_thread::sleep_for(milliseconds(1));
        }
        told.resting = true;
        for (;;)
            pause();
    }

    template <typename predicate>
    bool all(predicate wanted)
    {
        return wait_until([&] {
            for (size_t i = 0; i < PROGRAMS; ++i) {
                if (!wanted(_told[i]))
                    return false;
            }
            return true;
        });
    }
    // Since the agent was started last.
    bool all_are_served()
    {
        return all([](const notes &of) { return of.local && of.stale_ms == 0 && of.calls > 0; });
    }
    uint64_t calls()
    {
        uint64_t sum = 0;
        for (size_t i = 0; i < PROGRAMS; ++i)
            sum += _told[i].calls;
        return sum;
    }

    // With no agent: all go on, know that nothing shows that it lives, and say so.
    void expect_that_all_go_on()
    {
        EXPECT_TRUE(all([](const notes &of) { return of.local && of.stale_ms > 100; }));
        const uint64_t before = calls();
        EXPECT_TRUE(wait_until([&] { return calls() > before + 1000; }));
    }
    void expect_another_table()
    {
        raw_client visitor;
        ASSERT_EQ(visitor.meet(socket_path()), "");
        EXPECT_NE(visitor.table().agent, _last_agent);
        _last_agent = visitor.table().agent;
    }
    void start_again()
    {
        begin();
        EXPECT_TRUE(all_are_served());
        expect_another_table();
    }
    // Ends all calls, and the agent; what it had told the reporter by then.
    uint64_t reported_at_last()
    {
        for (size_t i = 0; i < PROGRAMS; ++i)
            _told[i].wanted = true;
        EXPECT_TRUE(all([](const notes &of) { return of.resting.load(); }));
        EXPECT_EQ(_agent->stop(), 0);
        return reported_until_the_end();
    }
    void expect_no_call_suffered()
    {
        for (size_t i = 0; i < PROGRAMS; ++i) {
            EXPECT_EQ(_told[i].failed, 0u);
            EXPECT_LT(_told[i].longest_ms, DEADLINE_MS);
        }
    }
    bool socket_is_there() const
    {
        struct stat found {};
        return lstat(socket_path().c_str(), &found) == 0;
    }

    static constexpr size_t PROGRAMS = 3;
    static constexpr int MODULES = 3;  // one of each owner
    shared_notes<notes> _told{PROGRAMS};
    pid_t _pids[PROGRAMS] = {};
    uint64_t _last_agent = 0;
};

TEST_F(LocalUpgrade, OrderlyStopsCostNoCallAndNoCount)
{
    expect_another_table();
    uint64_t known = 0;
    for (int time = 0; time < 2; ++time) {
        EXPECT_EQ(_agent->stop(), 0);
        EXPECT_FALSE(socket_is_there());
        known += reported_until_the_end();
        expect_that_all_go_on();
        start_again();
    }
    known += reported_at_last();
    expect_no_call_suffered();
    EXPECT_EQ(known, calls());
}

// What a killed agent had taken over, and not told the reporter yet, is gone with it. What
// it had not taken over is not, nor what was called without it.
TEST_F(LocalUpgrade, KilledAgentCostsNoCallAndOnlyWhatItAloneKnew)
{
    // An orderly stop first: then the routes are in its file.
    EXPECT_EQ(_agent->stop(), 0);
    uint64_t known = reported_until_the_end();
    start_again();
    uint64_t before = 0;
    for (int time = 0; time < 2; ++time) {
        // At any point, but not before it has told anything.
        for (int modules = 0; modules < MODULES; ++modules)
            known += reported_next().value_or(0);
        EXPECT_GT(known, 0u);
        _agent->process().kill();
        before = calls();
        EXPECT_TRUE(socket_is_there());
        known += reported_until_the_end();
        expect_that_all_go_on();
        start_again();
    }
    const uint64_t last = reported_at_last();
    expect_no_call_suffered();
    EXPECT_GE(last, calls() - before);
    EXPECT_LE(known + last, calls());
}

}  // namespace
}  // namespace lars
