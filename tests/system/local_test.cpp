// The local path with a real agent: programs choose from the table and count in their pages,
// and dns and reporter, which the test plays, see what comes of it.
#include <signal.h>
#include <sys/wait.h>

#include <map>

#include "local_agent_fixture.h"
#include "paths.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

TEST_F(LocalPath, ChoosesInTurnAndEachCallIsCountedOnce)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program)) << program.local_error();
    std::map<std::string, int> chosen;
    for (int i = 0; i < 3000; ++i)
        ++chosen[call(program, 0)];
    EXPECT_TRUE(program.is_local());
    for (const auto &[ip, times] : chosen)
        EXPECT_EQ(times, 1000) << ip;
    EXPECT_EQ(program.stale().count(), 0);
    for (const auto &[ip, of] : reported(3000)) {
        EXPECT_EQ(of.succ, 1000u) << ip;
        EXPECT_EQ(of.err, 0u) << ip;
    }
}

TEST_F(LocalPath, WhatOneProgramSuffersAllAvoid)
{
    lars_client sufferer = client(), other = client();
    ASSERT_TRUE(becomes_local(sufferer));
    ASSERT_TRUE(becomes_local(other));
    // It fails until the agent has set it aside.
    ASSERT_TRUE(wait_until([&] {
        for (int i = 0; i < 30; ++i) {
            std::string ip;
            int port = 0;
            sufferer.get_host(1, 1, ip, port);
            sufferer.report(1, 1, ip, port, ip == "10.0.0.2");
        }
        return !is_chosen(other, "10.0.0.2", 30);
    }));
    EXPECT_TRUE(_agent->process().wait_for_output("10.0.0.2:80 is overloaded: "));
    // Probes find out that it is well, whoever of the two makes them. (That it is chosen once
    // would not say so: that may be a probe.)
    EXPECT_TRUE(wait_until(
        [&] {
            for (int i = 0; i < 30; ++i) {
                call(sufferer, 0);
                call(other, 0);
            }
            return _agent->process().output().find("10.0.0.2:80 is idle again: probes succeed") !=
                   std::string::npos;
        },
        milliseconds(30000)));
    EXPECT_TRUE(wait_until([&] { return is_chosen(other, "10.0.0.2", 300); }));
}

TEST_F(LocalPath, ExplainSaysWhoHasMetTheAgent)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    call(program, 0);
    const std::string process =
        "process " + std::to_string(getpid()) + ", user " + std::to_string(getuid()) + ": met at ";
    std::string told;
    EXPECT_TRUE(wait_until([&] {
        process_options at_agent;
        at_agent.environment = {"LARS_AGENT=127.0.0.1:" + std::to_string(_port)};
        told = run(bin_path("lars_explain"), {"1", "1"}, at_agent).output;
        return told.find("the module is in the table, 1 client has met the agent\n    " +
                         process) != std::string::npos &&
               told.find(", last choice ") != std::string::npos;
    })) << told;
}

TEST_F(LocalPath, FollowsTheRoute)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    answer(1, 1, {"10.0.0.9:80"});
    EXPECT_TRUE(wait_until([&] { return call(program, 0) == "10.0.0.9"; }));
    EXPECT_TRUE(program.is_local());
    answer(1, 1, {});
    EXPECT_TRUE(wait_until([&] {
        std::string ip;
        int port = 0;
        return program.get_host(1, 1, ip, port) == lars_client::RET_NOEXIST;
    }));
    answer(1, 1, {"10.0.0.8:80"});
    EXPECT_TRUE(wait_until([&] {
        std::string ip;
        int port = 0;
        program.get_host(1, 1, ip, port);
        return ip == "10.0.0.8" && program.is_local();
    }));
}

TEST_F(LocalPath, NothingIsLostOrCountedTwiceWhenAProgramIsKilled)
{
    constexpr int CALLS = 20000;
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    const pid_t child = fork();
    if (child == 0) {
        lars_client program = client();
        const bool local = becomes_local(program);
        for (int i = 0; i < CALLS; ++i)
            call(program, i % 4 == 0);
        const char done = local && program.is_local() ? 'y' : 'n';
        if (write(told[1], &done, 1) == 1)
            pause();
        _exit(1);
    }
    ::close(told[1]);
    char done = 0;
    EXPECT_EQ(read(told[0], &done, 1), 1);
    EXPECT_EQ(done, 'y');
    kill(child, SIGKILL);
    EXPECT_EQ(waitpid(child, nullptr, 0), child);
    ::close(told[0]);
    uint64_t succ = 0, err = 0;
    for (const auto &[ip, of] : reported(CALLS)) {
        succ += of.succ;
        err += of.err;
    }
    EXPECT_EQ(succ, CALLS * 3 / 4u);
    EXPECT_EQ(err, CALLS / 4u);
}

TEST_F(LocalPath, GoesOnWithoutTheAgentAndHandsOverWhatItHasCounted)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    for (int i = 0; i < 300; ++i)
        call(program, 0);
    reported(300);
    _agent->process().kill();
    uint64_t calls = 0;
    const auto stale_after_a_call = [&] {
        call(program, 0);
        ++calls;
        return program.stale().count();
    };
    for (int i = 0; i < 3000; ++i)
        stale_after_a_call();
    EXPECT_TRUE(program.is_local());
    EXPECT_TRUE(wait_until([&] { return stale_after_a_call() > 50; }));
    begin();
    // It is met again; the module is asked for once, and then in its table.
    ASSERT_TRUE(wait_until([&] { return stale_after_a_call() == 0 && program.is_local(); }));
    for (const auto &[ip, of] : reported(calls))
        EXPECT_EQ(of.err, 0u);
}

// All hosts are set aside: a choice in eleven is a probe, and brings them back.
TEST_F(LocalPath, PolicyCourseRefusesAndProbes)
{
    _agent->set("loadbalance", "policy", "course");
    _agent->write_config();
    _agent->process().signal(SIGHUP);
    ASSERT_TRUE(_agent->process().wait_for_output("configuration"));
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    std::string ip;
    int port = 0;
    ASSERT_TRUE(wait_until([&] {
        const int outcome = program.get_host(1, 1, ip, port);
        if (outcome == lars_client::RET_SUCC)
            program.report(1, 1, ip, port, 1);
        return outcome == lars_client::RET_OVERLOAD;
    }));
    EXPECT_TRUE(program.is_local());
    int refused = 0, probes = 0;
    ASSERT_TRUE(wait_until(
        [&] {
            const int outcome = program.get_host(1, 1, ip, port);
            refused += outcome == lars_client::RET_OVERLOAD;
            probes += outcome == lars_client::RET_SUCC;
            if (outcome == lars_client::RET_SUCC)
                program.report(1, 1, ip, port, 0);
            return outcome == lars_client::RET_SUCC && probes > 100;
        },
        milliseconds(30000)));
    EXPECT_GE(refused, 10);
    EXPECT_TRUE(_agent->process().wait_for_output(" is idle again: probes succeed"));
}

// "ANSWERED BAD" of a program that was linked with the client library of Lars 1.1.
static std::string older_program(int port, int calls, const std::string &bad = "")
{
    return run(bin_path("lars_older_caller"),
               {std::to_string(port), "1", "1", std::to_string(calls), bad})
        .output;
}

TEST_F(LocalPath, OlderProgramGoesOnByUdp)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    EXPECT_EQ(older_program(_port, 300), "300 0\n");
    for (int i = 0; i < 300; ++i)
        call(program, 0);
    reported(600);
}

TEST_F(LocalPath, OlderProgramAndNewOneShareWhatTheySuffer)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    ASSERT_TRUE(wait_until([&] {
        older_program(_port, 100, "10.0.0.2");
        return !is_chosen(program, "10.0.0.2", 30);
    }));
    ASSERT_TRUE(wait_until([&] {
        for (int i = 0; i < 30; ++i) {
            std::string ip;
            int port = 0;
            program.get_host(1, 1, ip, port);
            program.report(1, 1, ip, port, ip == "10.0.0.3");
        }
        const std::string older = older_program(_port, 6, "10.0.0.3");
        return older == "6 0\n";
    }));
}

TEST_F(LocalPath, ChildOfAForkHasAPageOfItsOwn)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    const pid_t child = fork();
    if (child == 0) {
        const bool local = becomes_local(program);
        for (int i = 0; i < 1000; ++i)
            call(program, 0);
        _exit(local && program.is_local() ? 0 : 1);
    }
    for (int i = 0; i < 1000; ++i)
        call(program, 0);
    int outcome = -1;
    EXPECT_EQ(waitpid(child, &outcome, 0), child);
    EXPECT_EQ(outcome, 0);
    EXPECT_TRUE(program.is_local());
    reported(2000);
}

}  // namespace
}  // namespace lars
