// The local path while the agent is away, after it has come back, and after fork().
#include <sys/wait.h>
#include <unistd.h>

#include "local_fixture.h"

using namespace lars::test;
using lars::lars_client;
using std::chrono::milliseconds;
namespace local = lars::local;

class LocalAway : public LocalPath {
protected:
    // The agent of the fixture ends, as far as the local path is concerned.
    void kill_agent()
    {
        _fake.hang_up();
        _fake.close_socket();
    }

    // Another agent where the first one was; the client meets it by calling.
    void meet_again(fake_table &next)
    {
        next.listen(_path.get());
        _now = &next;
        ASSERT_TRUE(wait_until([&] {
            choose(1, 1);
            return next.has_caller();
        }));
        ASSERT_TRUE(next.meet());
        ASSERT_TRUE(wait_until([&] {
            choose(1, 1);
            return !next.cells().empty();
        })) << _client.local_error();
    }
};

TEST_F(LocalAway, ItGoesOnChoosingAndCounting)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    kill_agent();
    const size_t asked = _agent.requests().size();
    for (int i = 0; i < 100; ++i) {
        EXPECT_LE(choose(1, 1).port, 3);
        report(1, 1, 1, 0);
    }
    EXPECT_EQ(_agent.requests().size(), asked);
    EXPECT_TRUE(_client.is_local());
    EXPECT_EQ(_fake.counted(local::SUCCESSES, 1, 1), 100u);
    EXPECT_TRUE(wait_until([this] {
        choose(1, 1);
        return !_client.local_error().empty();
    })) << "it says that it cannot meet the agent again";
}

TEST_F(LocalAway, WhatWasNotTakenIsHandedToTheNextAgent)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    for (int i = 0; i < 5; ++i)
        report(1, 1, 1, 0);
    _fake.take_all();
    kill_agent();
    for (int i = 0; i < 3; ++i)
        report(1, 1, 1, 0);
    report(1, 1, 2, -1, 700);

    fake_table next(2);
    next.table().write(1, 1, three_hosts());
    meet_again(next);
    EXPECT_EQ(next.counted(local::SUCCESSES, 1, 1), 3u);
    EXPECT_EQ(next.counted(local::FAILURES, 1, 1), 1u);
    EXPECT_EQ(next.counted(local::FAILURE_WEIGHT, 1, 1), 7u);
    report(1, 1, 1, 0);
    EXPECT_EQ(next.counted(local::SUCCESSES, 1, 1), 4u);
    EXPECT_EQ(_fake.counted(local::SUCCESSES, 1, 1), 8u) << "the old page rests";
    EXPECT_LT(_client.stale(), milliseconds(1000));
    EXPECT_EQ(_client.local_error(), "");
}

// It may be long until anything is counted there that wakes it.
TEST_F(LocalAway, WhatIsHandedOverWakesTheNextAgent)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    kill_agent();
    report(1, 1, 1, 0);
    fake_table next(2);
    meet_again(next);
    EXPECT_EQ(next.counted(local::SUCCESSES, 1, 1), 1u);
    EXPECT_EQ(next.wakings(), local::OWNERS);
}

TEST_F(LocalAway, ModulesThatTheNextAgentDoesNotHaveGoByUdp)
{
    table().write(1, 1, three_hosts());
    table().write(1, 2, three_hosts());
    meet(1, 1);
    EXPECT_LE(choose(1, 2).port, 3);
    kill_agent();
    fake_table next(2);
    next.table().write(1, 1, {{IP, 9}});
    meet_again(next);
    EXPECT_EQ(choose(1, 1).port, 9);
    EXPECT_EQ(choose(1, 2).port, 7777);
    EXPECT_TRUE(was_asked_for_local());
}

TEST_F(LocalAway, OneAndTheSameAgentGetsNothingTwice)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    for (int i = 0; i < 5; ++i)
        report(1, 1, 1, 0);
    kill_agent();
    fake_table again(1);
    again.table().write(1, 1, three_hosts());
    meet_again(again);
    EXPECT_EQ(again.counted(local::SUCCESSES, 1, 1), 0u) << "it takes the old page's rest itself";
}

TEST_F(LocalAway, AnAgentThatOnlyHangsKeepsItsPage)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    table().beat(lars::exact_time() - 2 * lars::SECOND, 0);
    ASSERT_TRUE(wait_until([this] {
        choose(1, 1);
        return _fake.has_caller();
    })) << "it tries to meet, for there could be another agent";
    EXPECT_GE(_client.stale(), milliseconds(900)) << "it met the agent a second ago";
    table().beat(lars::exact_time(), 0);
    EXPECT_EQ(_client.stale(), milliseconds(0));
    const uint32_t before = _fake.counted(local::CHOICES, 1, 1);
    for (int i = 0; i < 10; ++i)
        choose(1, 1);
    EXPECT_EQ(_fake.counted(local::CHOICES, 1, 1), before + 10);
}

TEST_F(LocalAway, StaleCountsFromTheLastSignOfLife)
{
    EXPECT_LT(_client.stale(), milliseconds(5000));
    table().write(1, 1, three_hosts());
    table().beat(lars::exact_time() - 3600 * lars::SECOND, 1);
    meet(1, 1);
    EXPECT_EQ(_client.stale(), milliseconds(0)) << "it sleeps";
    _fake.hang_up();
    ASSERT_TRUE(wait_until([this] { return _client.stale() > milliseconds(20); }));
    EXPECT_LT(_client.stale(), milliseconds(60000)) << "it was connected just now";
}

TEST_F(LocalAway, AnOwnerThatIsWokenAndDoesNotLookIsAway)
{
    table().write(1, 1, three_hosts());
    table().beat(1, 1);
    meet(1, 1);
    ASSERT_TRUE(wait_until([this] {
        choose(1, 1);
        return _fake.has_caller();
    }));
    EXPECT_GT(_client.stale(), milliseconds(0));
}

TEST(LocalFork, TheChildMeetsAnewAndTheParentGoesOn)
{
    fake_table parents, childs(1);
    parents.listen();
    offered_path path;
    path.set(parents.path());
    for (fake_table *one : {&parents, &childs})
        one->table().write(1, 1, {{IP, 1}});
    fake_agent agent{offering_agent(&path)};
    ASSERT_TRUE(agent.take_ports());
    lars_client client = client_of(agent);
    std::string ip;
    int port = 0;

    // The first process has a thread of its own for the agent, so that it is not the one that
    // forks: a child does all that is done with the client.
    const pid_t caller = fork();
    if (caller == 0) {
        alarm(60);
        const auto is_met = [&] {
            return client.get_host(1, 1, ip, port) == lars_client::RET_SUCC && client.is_local();
        };
        bool good = wait_until(is_met);
        const pid_t child = fork();
        if (child == 0) {
            alarm(60);
            const bool by_udp =
                client.get_host(1, 1, ip, port) == lars_client::RET_SUCC && !client.is_local();
            _exit(!(by_udp && wait_until(is_met) &&
                    client.report(1, 1, ip, port, 0) == lars_client::RET_SUCC));
        }
        int how = -1;
        waitpid(child, &how, 0);
        good = good && how == 0 && client.get_host(1, 1, ip, port) == lars_client::RET_SUCC &&
               client.is_local() && client.report(1, 1, ip, port, -1) == lars_client::RET_SUCC;
        _exit(!good);
    }
    agent.begin_to_answer();
    EXPECT_TRUE(parents.meet());
    EXPECT_TRUE(parents.meet_other({childs.table_fd(), childs.page_fd()}));
    int how = -1;
    ASSERT_EQ(waitpid(caller, &how, 0), caller);
    EXPECT_EQ(how, 0);
    EXPECT_EQ(parents.counted(local::SUCCESSES, 1, 1), 0u);
    EXPECT_EQ(parents.counted(local::FAILURES, 1, 1), 1u);
    EXPECT_EQ(childs.counted(local::SUCCESSES, 1, 1), 1u);
    EXPECT_EQ(childs.counted(local::FAILURES, 1, 1), 0u);
}
