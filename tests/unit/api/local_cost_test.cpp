// What a choice and a report by the local path may not cost.
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

#include "local_fixture.h"

using namespace lars::test;
using lars::lars_client;

static thread_local size_t allocations = 0;

// Of the whole test program; other threads count for themselves.
void *operator new(size_t size)
{
    ++allocations;
    void *memory = std::malloc(size > 0 ? size : 1);
    if (!memory)
        std::abort();
    return memory;
}
void operator delete(void *memory) noexcept
{
    std::free(memory);
}
void operator delete(void *memory, size_t) noexcept
{
    std::free(memory);
}

static constexpr int PAIRS = 10000;

static bool make_pairs(lars_client &client, std::string &ip)
{
    int port = 0;
    bool good = true;
    for (int i = 0; i < PAIRS; ++i) {
        good = good && client.get_host(1, 1, ip, port) == lars_client::RET_SUCC &&
               client.is_local() &&
               client.report(1, 1, ip, port, i % 7 == 0, 1) == lars_client::RET_SUCC &&
               client.report(1, 1, "10.0.0.1", 2, 0) == lars_client::RET_SUCC;
    }
    return good;
}

TEST_F(LocalPath, CallsAllocateNothing)
{
    table().write(1, 1, three_hosts());
    table().beat(lars::exact_time() + 60 * lars::SECOND, 0);
    meet(1, 1);
    std::string ip;
    const size_t before = allocations;
    const bool good = make_pairs(_client, ip);
    EXPECT_EQ(allocations, before);
    EXPECT_TRUE(good);
}

// The kernel kills a thread in strict mode at its first system call but for exit(2). Sanitizers
// make calls, and threads, of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(LocalCost, CallsMakeNoSystemCall)
{
    fake_table fake;
    fake.listen();
    offered_path path;
    path.set(fake.path());
    fake.table().write(1, 1, {{IP, 1}, {IP, 2}, {IP, 3}});
    fake.table().beat(lars::exact_time() + 60 * lars::SECOND, 0);
    fake_agent agent{offering_agent(&path)};
    ASSERT_TRUE(agent.take_ports());
    lars_client client = client_of(agent);
    const pid_t caller = fork();
    if (caller == 0) {
        alarm(60);
        std::string ip;
        int port = 0;
        bool good = wait_until([&] {
            return client.get_host(1, 1, ip, port) == lars_client::RET_SUCC && client.is_local();
        });
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        good = make_pairs(client, ip) && good;
        syscall(SYS_exit, good ? 0 : 1);
    }
    agent.begin_to_answer();
    EXPECT_TRUE(fake.meet());
    int how = -1;
    ASSERT_EQ(waitpid(caller, &how, 0), caller);
    EXPECT_EQ(how, 0);
}
#endif
