// A client that was made before fork(), used in several processes at once. Children are made
// before this process has a second thread: a lock that one held would be held for ever in a
// child, the memory allocator's too (the address sanitizer's is not made for that).
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "clients.h"
#include "wait_until.h"

using namespace lars::test;
using lars::lars_client;

class LarsClientFork : public testing::Test {
protected:
    static constexpr int CALLS = 200;

    void SetUp() override
    {
        ASSERT_TRUE(_agent.take_ports());
        _client = client_of(_agent, 5000);
    }

    // Whether each call gets its own answer.
    static bool all_right(lars_client &client)
    {
        for (int i = 0; i < CALLS; ++i) {
            std::string ip;
            int port = 0;
            std::vector<lars_client::host> route;
            if (client.get_host(3, 0, ip, port) != lars_client::RET_SUCC ||
                client.get_route(3, 0, route) != lars_client::RET_SUCC)
                return false;
        }
        return true;
    }

    template <typename Body>
    void start_child(Body body)
    {
        const pid_t pid = fork();
        if (pid == 0) {
            alarm(60);  // one that hangs is one that fails
            _exit(body());
        }
        ASSERT_GT(pid, 0);
        _children.insert(pid);
    }

    // All exit statuses together.
    int ended()
    {
        int all = 0;
        for (const pid_t pid : _children) {
            int how = -1;
            EXPECT_EQ(waitpid(pid, &how, 0), pid);
            all |= how;
        }
        _children.clear();
        return all;
    }

    // How many sequence numbers there are among the requests for hosts.
    size_t different_seqs() const
    {
        std::set<uint32_t> seen;
        for (const fake_agent::request &one : _agent.requests(lars::ID_GetHostRequest)) {
            lars::GetHostRequest request;
            EXPECT_TRUE(request.ParseFromString(one.body));
            seen.insert(request.seq());
        }
        return seen.size();
    }

    fake_agent _agent{good_agent()};
    lars_client _client;
    std::set<pid_t> _children;
};

TEST_F(LarsClientFork, ChildrenAndTheirParentEachGetTheirOwnAnswers)
{
    for (int child = 0; child < 4; ++child)
        start_child([this] { return !all_right(_client); });
    _agent.begin_to_answer();
    EXPECT_TRUE(all_right(_client)) << _client.error();
    EXPECT_EQ(ended(), 0);
    EXPECT_EQ(different_seqs(), 5u * CALLS) << "each has numbers of its own";
}

TEST_F(LarsClientFork, AChildsChildIsAnotherProcessToo)
{
    start_child([this] {
        // Before and after the client was used here.
        int bad = 0;
        for (int i = 0; i < 2; ++i) {
            const pid_t pid = fork();
            if (pid == 0)
                _exit(!all_right(_client));
            bad += !all_right(_client);
            int how = -1;
            waitpid(pid, &how, 0);
            bad += how;
        }
        return bad > 0;
    });
    _agent.begin_to_answer();
    EXPECT_EQ(ended(), 0);
}

TEST_F(LarsClientFork, AForkThatTheLibraryHearsNothingOfIsNoticed)
{
    start_child([this] {
        int bad = !all_right(_client);
        const auto pid = static_cast<pid_t>(syscall(SYS_fork));
        if (pid == 0) {
            alarm(60);
            _exit(!all_right(_client));
        }
        bad += !all_right(_client);
        int how = -1;
        waitpid(pid, &how, 0);
        return bad + how != 0;
    });
    _agent.begin_to_answer();
    EXPECT_EQ(ended(), 0);
    EXPECT_EQ(different_seqs(), 3u * CALLS) << "each has numbers of its own";
}

// A daemon closes all that it has inherited, and what it opens then has our numbers.
TEST_F(LarsClientFork, WhatADaemonOpensWhereOurSocketsWereStaysOpen)
{
    start_child([this] {
        constexpr int INHERITED = 256, OPENED = 32;
        for (int fd = STDERR_FILENO + 1; fd < INHERITED; ++fd)
            close(fd);
        std::vector<int> own;
        for (int i = 0; i < OPENED; ++i)
            own.push_back(open("/dev/null", O_WRONLY));
        bool good = all_right(_client);
        for (const int fd : own) {
            struct stat found {};
            good = good && fstat(fd, &found) == 0 && S_ISCHR(found.st_mode);
        }
        return !good;
    });
    _agent.begin_to_answer();
    EXPECT_EQ(ended(), 0);
}

TEST_F(LarsClientFork, EveryKindOfCallMayBeTheChildsFirst)
{
    start_child(
        [this] { return _client.report(3, 0, "10.0.0.1", 80, 0) != lars_client::RET_SUCC; });
    start_child([this] { return _client.reg_init(3, 0) != lars_client::RET_SUCC; });
    _agent.begin_to_answer();
    EXPECT_EQ(ended(), 0);
    EXPECT_TRUE(wait_until([this] { return _agent.reports().size() == 1; }));
    EXPECT_TRUE(all_right(_client)) << "the parent goes on with its own";
}
