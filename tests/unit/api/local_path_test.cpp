// Choosing and counting by the local path, with the agent's side made of a bare socket and
// memory, so that all that it says is the test's.
#include <gtest/gtest.h>

#include <map>

#include "coarse_clock.h"
#include "local_fixture.h"

using namespace lars::test;
using lars::lars_client;
namespace local = lars::local;

// What the agent answers by UDP: 192.168.1.177:7777.
static constexpr uint32_t GIVEN_IP = 0xc0a801b1;
static constexpr int GIVEN_PORT = 7777;

TEST_F(LocalPath, FirstQuestionGoesByUdpAndTheLaterOnesDoNot)
{
    table().write(1, 1, three_hosts());
    const size_t asked = meet(1, 1);
    for (int i = 0; i < 30; ++i)
        EXPECT_EQ(choose(1, 1).ip, "10.0.0.1");
    EXPECT_EQ(_agent.requests().size(), asked);
    EXPECT_TRUE(_client.is_local());
    EXPECT_EQ(_client.local_error(), "");
    EXPECT_EQ(_client.error(), "");
    EXPECT_EQ(_fake.counted(local::CHOICES, 1, 1), 31u);
}

TEST_F(LocalPath, SharesAreExactOverACycle)
{
    table().write(1, 1, {{IP, 1, 1}, {IP, 2, 2}, {IP, 3, 5}, {IP, 4, 3, 0}});
    meet(1, 1);
    for (int cycle = 0; cycle < 5; ++cycle) {
        std::map<int, int> chosen;
        for (int i = 0; i < 8; ++i)
            ++chosen[choose(1, 1).port];
        EXPECT_EQ(chosen, (std::map<int, int>{{1, 1}, {2, 2}, {3, 5}}));
    }
}

TEST_F(LocalPath, ClientsBeginElsewhere)
{
    table().write(1, 1, {{IP, 1}, {IP, 2}, {IP, 3}, {IP, 4}});
    std::map<int, int> first;
    for (int i = 0; i < 100; ++i) {
        meet(1, 1);
        ++first[_first_port];
        _fake.hang_up();
        _fake.page().blocks_used.store(0);
        _client = client_of(_agent);
    }
    for (int port = 1; port <= 4; ++port)
        EXPECT_GT(first[port], 5) << port;
}

// Else one host would get two calls in a row where the path changes.
TEST_F(LocalPath, TurnGoesOnAfterTheHostThatUdpHasGiven)
{
    table().write(1, 1, {{IP, 1}, {GIVEN_IP, GIVEN_PORT}});
    for (int i = 0; i < 20; ++i) {
        meet(1, 1);
        EXPECT_EQ(_first_port, 1);
        EXPECT_EQ(choose(1, 1).port, GIVEN_PORT);
        _fake.hang_up();
        _fake.page().blocks_used.store(0);
        _client = client_of(_agent);
    }
}

TEST_F(LocalPath, WhereNothingIsChosenFromPolicyCourseIsOverloadAndAdaptiveAsksByUdp)
{
    table().write(1, 1, {{IP, 1, 1, local::HOST_OVERLOADED}}, local::POLICY_IS_COURSE);
    table().write(1, 2, {{IP, 1, 1, local::HOST_OVERLOADED}});
    meet_any();
    EXPECT_EQ(choose(1, 1).retcode, lars_client::RET_OVERLOAD);
    EXPECT_TRUE(_client.is_local());
    EXPECT_EQ(choose(1, 2).ip, "192.168.1.177");
    EXPECT_FALSE(_client.is_local());
}

TEST_F(LocalPath, AnOfferIsTakenOnceAndOnlyByItsPage)
{
    table().write(1, 1, {{IP, 1}, {IP, 2, 1, local::HOST_OVERLOADED}});
    meet(1, 1);
    table().offer(1, 1, 41, 6, 1);
    EXPECT_EQ(choose(1, 1).port, 1) << "it is another client's";
    table().offer(1, 1, 42, 7, 0);
    EXPECT_EQ(choose(1, 1).port, 1) << "it is of a host that is not set aside";
    EXPECT_EQ(_fake.counted(local::PROBES, 1, 1), 0u);

    table().offer(1, 1, 43, 7, 1);
    EXPECT_EQ(choose(1, 1).port, 2);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(choose(1, 1).port, 1);
    EXPECT_EQ(_fake.counted(local::PROBES, 1, 1, 2), 1u);
    EXPECT_EQ(_fake.counted(local::CHOICES, 1, 1, 2), 1u);
    EXPECT_EQ(_fake.counted(local::PROBE_NUMBER, 1, 1, 2), 43u);
    table().offer(1, 1, 44, 7, 1);
    EXPECT_EQ(choose(1, 1).port, 2);
    EXPECT_EQ(_fake.counted(local::PROBE_NUMBER, 1, 1, 2), 44u);
}

TEST_F(LocalPath, ReportsAreCountedByTheStateOfTheirHost)
{
    table().write(1, 1, {{IP, 1}, {IP, 2, 1, local::HOST_OVERLOADED}});
    meet(1, 1);
    report(1, 1, 1, 0);
    report(1, 1, 1, 0);
    report(1, 1, 1, -1, 1000);
    report(1, 1, 2, 0, 100);
    report(1, 1, 2, 5);
    report(1, 1, 2, 5, 60000);
    EXPECT_EQ(_fake.counted(local::SUCCESSES, 1, 1, 1), 2u);
    EXPECT_EQ(_fake.counted(local::FAILURES, 1, 1, 1), 1u);
    EXPECT_EQ(_fake.counted(local::FAILURE_WEIGHT, 1, 1, 1), 10u);
    EXPECT_EQ(static_cast<int32_t>(_fake.counted(local::RUN, 1, 1, 1)), -1);
    EXPECT_EQ(_fake.counted(local::PROBE_SUCCESSES, 1, 1, 2), 1u);
    EXPECT_EQ(_fake.counted(local::PROBE_FAILURES, 1, 1, 2), 2u);
    EXPECT_EQ(_fake.counted(local::FAILURE_WEIGHT, 1, 1, 2), 51u) << "1 at least, 50 at most";
    EXPECT_EQ(static_cast<int32_t>(_fake.counted(local::RUN, 1, 1, 2)), -2);
    report(1, 1, 2, 0);
    EXPECT_EQ(static_cast<int32_t>(_fake.counted(local::RUN, 1, 1, 2)), 1);
    EXPECT_EQ(_agent.reports().size(), 0u);
}

TEST_F(LocalPath, CallsFromBeforeAChangeOfStateAreLate)
{
    const uint64_t a_second_ago = lars::exact_time() - lars::SECOND;
    table().write(1, 1,
                  {{IP, 1, 1, local::HOST_CHOSEN, a_second_ago},
                   {IP, 2, 1, local::HOST_OVERLOADED, a_second_ago}});
    meet(1, 1);
    report(1, 1, 2, -1, 30000);
    report(1, 1, 2, 0, 60000);
    report(1, 1, 1, 0, 30000);
    EXPECT_EQ(_fake.counted(local::LATE_FAILURES, 1, 1, 2), 1u);
    EXPECT_EQ(_fake.counted(local::LATE_SUCCESSES, 1, 1, 2), 1u);
    EXPECT_EQ(_fake.counted(local::LATE_SUCCESSES, 1, 1, 1), 1u);
    EXPECT_EQ(_fake.counted(local::RUN, 1, 1), 0u);
    EXPECT_EQ(_fake.counted(local::FAILURE_WEIGHT, 1, 1), 0u);
    // None of these began before, as far as is known.
    report(1, 1, 2, 0, 900);
    report(1, 1, 2, 0, 0);
    report(1, 1, 2, 0, 60001);
    report(1, 1, 2, 0, -5);
    EXPECT_EQ(_fake.counted(local::PROBE_SUCCESSES, 1, 1, 2), 4u);
    EXPECT_EQ(_fake.counted(local::LATE_SUCCESSES, 1, 1, 2), 1u);
}

// The coarse clock is some milliseconds behind: a call that began just after the change must not
// seem to have begun just before it.
TEST_F(LocalPath, ACallThatBeganJustAfterAChangeIsNotLate)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    for (uint32_t i = 1; i <= 200; ++i) {
        const uint64_t since = lars::exact_time() - 2 * lars::MILLISECOND;
        table().write(1, 1, {{IP, 1, 1, local::HOST_CHOSEN, since}});
        report(1, 1, 1, 0, 1);
        EXPECT_EQ(_fake.counted(local::SUCCESSES, 1, 1, 1), i);
    }
}

TEST_F(LocalPath, AHostThatIsRemovedIsNotChosenAndStillCounted)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    table().write(1, 1, {{IP, 2}, {IP, 4}});
    std::map<int, int> chosen;
    for (int i = 0; i < 20; ++i)
        ++chosen[choose(1, 1).port];
    EXPECT_EQ(chosen, (std::map<int, int>{{2, 10}, {4, 10}}));
    report(1, 1, 1, 0);
    EXPECT_EQ(_fake.counted(local::SUCCESSES, 1, 1, 1), 1u);
    EXPECT_EQ(_agent.reports().size(), 0u);

    const size_t cells = _fake.cells().size();
    table().write(1, 1, three_hosts());
    choose(1, 1);
    EXPECT_EQ(_fake.cells().size(), cells) << "it has its cell from before";
}

TEST_F(LocalPath, WhatTheTableDoesNotHaveGoesByUdp)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    const size_t asked = _agent.requests().size();
    EXPECT_EQ(choose(2, 2).ip, "192.168.1.177");
    EXPECT_FALSE(_client.is_local());
    EXPECT_NE(_client.local_error().find("module 2,2"), std::string::npos);
    report(2, 2, 1, 0);
    report(1, 1, 99, 0);
    ASSERT_TRUE(wait_until([&] { return _agent.requests().size() == asked + 3; }));
    EXPECT_TRUE(was_asked_for_local()) << "so that the agent takes it into the table";

    table().write(2, 2, {{IP, 5}});
    EXPECT_EQ(choose(2, 2).port, 5);
    table().remove(2, 2);
    EXPECT_EQ(choose(2, 2).port, 7777);
    table().write(2, 2, {{IP, 6}});
    EXPECT_EQ(choose(2, 2).port, 6);
}

TEST_F(LocalPath, HostsThatNobodyCanCallAreLeftOut)
{
    table().write(1, 1, {{IP, 1}, {0, 2}, {IP, 0}, {IP, 70000}, {IP, 5, -1}, {IP, 6, 0.0 / 0.0}});
    meet(1, 1);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(choose(1, 1).port, 1);
}

TEST_F(LocalPath, OverloadAndErrorsOfReportAreAsByUdp)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    EXPECT_EQ(_client.report(1, 1, "10.0.0", 1, 0), lars_client::RET_SYSTEM_ERROR);
    EXPECT_NE(_client.error().find("is not an IPv4 address"), std::string::npos);
    EXPECT_EQ(_client.report(1, 1, "10.0.0.1", 0, 0), lars_client::RET_SYSTEM_ERROR);
    EXPECT_EQ(_client.report(1, 1, "10.0.0.1", 1, 0), lars_client::RET_SUCC);
    EXPECT_EQ(_client.error(), "");
}

TEST_F(LocalPath, AnOwnerThatSleepsIsWokenOnceInAWhile)
{
    table().write(1, 1, three_hosts());
    table().beat(lars::exact_time(), 1);
    meet(1, 1);
    EXPECT_EQ(_fake.wakings(), 1u);
    table().beat(lars::exact_time() + 60 * lars::SECOND, 0);
    for (int i = 0; i < 1000; ++i)
        choose(1, 1);
    EXPECT_EQ(_fake.wakings(), 0u) << "it is awake";
    table().beat(lars::exact_time(), 1);
    const uint64_t began = lars::exact_time();
    size_t calls = 0, bytes = 0;
    for (; lars::exact_time() - began < 50 * lars::MILLISECOND; ++calls)
        choose(1, 1);
    bytes = _fake.wakings();
    EXPECT_GE(bytes, 1u);
    EXPECT_LE(bytes, (lars::exact_time() - began) / (5 * lars::MILLISECOND) + 1) << calls;
}

TEST_F(LocalPath, APageThatIsFullLeavesTheModuleToUdp)
{
    fake_table small(2, 1);
    for (int modid = 1; modid <= 20; ++modid)
        small.table().write(modid * 3, 0, {{IP, 1}, {IP, 2}, {IP, 3}});
    use(small);
    meet(3, 0);
    int by_table = 0;
    for (int modid = 1; modid <= 20; ++modid) {
        choose(modid * 3, 0);
        by_table += _client.is_local();
    }
    EXPECT_EQ(by_table, 10);
    EXPECT_NE(_client.local_error().find("no room"), std::string::npos);
    EXPECT_FALSE(was_asked_for_local()) << "it is in the table";
    choose(3, 0);
    EXPECT_TRUE(_client.is_local());
}

// Cells are not used again, and in a program that runs for months the hosts change often.
TEST_F(LocalPath, APageFullOfHostsThatHaveLeftIsChangedForAnother)
{
    fake_table worn(1, 1), fresh(1, 64);
    use(worn);
    worn.table().write(1, 1, {{IP, 1}});
    meet(1, 1);
    choose(1, 1);
    for (uint32_t port = 2; port <= local::CELLS_PER_BLOCK; ++port) {
        worn.table().write(1, 1, {{IP, port}});
        EXPECT_EQ(choose(1, 1).port, static_cast<int>(port));
        EXPECT_TRUE(_client.is_local());
    }
    worn.table().write(1, 1, {{IP, 100}});
    EXPECT_EQ(choose(1, 1).port, GIVEN_PORT);
    EXPECT_TRUE(wait_until([&] {
        choose(1, 1);
        return worn.has_caller();
    }));
    ASSERT_TRUE(worn.meet_other({worn.table_fd(), fresh.page_fd()}));
    EXPECT_TRUE(wait_until([&] { return choose(1, 1).port == 100; }));
    EXPECT_TRUE(_client.is_local());
    EXPECT_EQ(fresh.counted(local::CHOICES, 1, 1), 1u);
    EXPECT_EQ(worn.counted(local::CHOICES, 1, 1, 2), 1u) << "that is the agent's to take over";
}

TEST_F(LocalPath, CanBeSwitchedOff)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    _client.use_local(false);
    EXPECT_EQ(choose(1, 1).port, 7777);
    EXPECT_FALSE(_client.is_local());
    EXPECT_FALSE(was_asked_for_local());
    EXPECT_NE(_client.local_error().find("switched off"), std::string::npos);
    _fake.hang_up();
    _fake.page().blocks_used.store(0);
    _client.use_local(true);
    meet(1, 1);
    EXPECT_TRUE(_client.is_local());
}

TEST_F(LocalPath, AnOldAgentIsAskedByUdp)
{
    fake_agent old(good_agent());
    ASSERT_TRUE(old.start());
    _client = client_of(old);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(choose(1, 1).port, 7777);
    EXPECT_FALSE(_client.is_local());
    EXPECT_EQ(_client.local_error(), "the agent offers no local path");
    EXPECT_LT(_client.stale(), std::chrono::seconds(10));
}
