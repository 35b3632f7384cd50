// Programs that are killed at any point of what they do: each call that was over counts once,
// and nothing of them stays with the agent.
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <random>
#include <thread>

#include "local_agent_fixture.h"
#include "paths.h"
#include "shared_notes.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::microseconds;

struct notes {
    std::atomic<bool> local;
    std::atomic<uint64_t> over;  // calls whose report has returned
};

class LocalKilled : public LocalPath {
protected:
    // Calls as fast as it can, until it is killed.
    [[noreturn]] void call_for_ever(notes &told) const
    {
        lars_client program = client();
        for (;;) {
            std::string ip;
            int port = 0;
            if (program.get_host(1, 1, ip, port) != lars_client::RET_SUCC ||
                program.report(1, 1, ip, port, 0) != lars_client::RET_SUCC)
                _exit(1);
            told.over.fetch_add(1, std::memory_order_release);
            told.local.store(program.is_local(), std::memory_order_release);
        }
    }
    // Nothing if it did not come to be killed.
    static int how_it_ended(pid_t child)
    {
        int how = 0;
        EXPECT_EQ(waitpid(child, &how, 0), child);
        return WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    }
    std::string explained() const
    {
        process_options at_agent;
        at_agent.environment = {"LARS_AGENT=127.0.0.1:" + std::to_string(_port)};
        return run(bin_path("lars_explain"), {"1", "1"}, at_agent).output;
    }
};

TEST_F(LocalKilled, EachCallThatWasOverCountsOnceWhereverTheProgramStood)
{
    constexpr int CHILDREN = 30;
    const uint32_t seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE("the seed was " + std::to_string(seed));
    shared_notes<notes> told(CHILDREN);
    const size_t before = descriptors_of(_agent->process().pid());
    int local = 0;
    for (int i = 0; i < CHILDREN; ++i) {
        notes &its = told[static_cast<size_t>(i)];
        const pid_t child = fork();
        if (child == 0)
            call_for_ever(its);
        // Every third may be killed before it has met the agent, or while it does.
        if (i % 3 != 0) {
            EXPECT_TRUE(wait_until([&] { return its.local.load(std::memory_order_acquire); }));
        }
        std::this_thread::sleep_for(microseconds(1000 + random() % 49000));
        kill(child, SIGKILL);
        EXPECT_EQ(how_it_ended(child), SIGKILL) << i;
        local += its.local;
    }
    EXPECT_GE(local, CHILDREN * 2 / 3);
    uint64_t over = 0;
    for (int i = 0; i < CHILDREN; ++i)
        over += told[static_cast<size_t>(i)].over;
    EXPECT_GT(over, 1000u);

    std::string who;
    EXPECT_TRUE(wait_until([&] {
        who = explained();
        return who.find(", 0 clients have met") != std::string::npos;
    })) << who;
    EXPECT_TRUE(wait_until([&] { return descriptors_of(_agent->process().pid()) == before; }));
    // Of each child, one call may have been counted and not noted here.
    EXPECT_EQ(_agent->stop(), 0);
    const uint64_t known = reported_until_the_end();
    EXPECT_GE(known, over);
    EXPECT_LE(known, over + CHILDREN);
}

}  // namespace
}  // namespace lars
