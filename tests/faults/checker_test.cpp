// What judges the answers must be able to find fault.
#include "checker.h"

#include <gtest/gtest.h>

#include "caller.h"
#include "fault.h"
#include "free_port.h"
#include "lars_client.h"
#include "messages.h"
#include "trial.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::faults {
namespace {

using namespace lars::test;

// An agent of a test's own: what it does with a question, it does for all of them.
class scripted_agent {
public:
    explicit scripted_agent(std::function<GetHostResponse(GetHostRequest)> script,
                            milliseconds late = milliseconds(0))
        : _port(free_port(3)), _script(std::move(script)), _late(late)
    {
        for (uint16_t i = 0; i < 3; ++i)
            _threads.emplace_back([this, i] { run(static_cast<uint16_t>(_port + i)); });
    }
    ~scripted_agent()
    {
        _ending = true;
        for (std::thread &thread : _threads)
            thread.join();
    }
    uint16_t port() const { return _port; }

private:
    void run(uint16_t port)
    {
        wire_peer peer;
        ASSERT_TRUE(peer.listen_udp(port));
        while (!_ending) {
            const auto frame = peer.receive_frame(milliseconds(50));
            GetHostRequest asked;
            if (!frame || frame->msgid != ID_GetHostRequest || !asked.ParseFromString(frame->body))
                continue;
            std::this_thread::sleep_for(_late);
            GetHostResponse answer = _script(asked);
            answer.set_seq(asked.seq());
            answer.set_modid(asked.modid());
            answer.set_cmdid(asked.cmdid());
            peer.send_frame(ID_GetHostResponse, answer.SerializeAsString());
        }
    }

    const uint16_t _port;
    const std::function<GetHostResponse(GetHostRequest)> _script;
    const milliseconds _late;
    std::atomic<bool> _ending{false};
    std::vector<std::thread> _threads;
};

GetHostResponse host_of(int modid, uint32_t version)
{
    GetHostResponse answer;
    answer.mutable_host()->set_ip(static_cast<int32_t>(host_ip(1, version)));
    answer.mutable_host()->set_port(host_port(modid));
    return answer;
}

// What a caller of this agent says after some calls.
seen after_calls(const scripted_agent &agent, int calls, const route_history &history,
                 milliseconds deadline = DEADLINE)
{
    checker judge(history);
    caller_options options;
    options.ip = "127.0.0.1";
    options.port = agent.port();
    options.deadline = deadline;
    caller caller(judge, options);
    caller.begin_checking();
    wait_until([&] { return judge.result().answers + judge.result().unanswered >= calls; });
    return judge.result();
}

// Whether OUTCOME breaks the promise of the first fault, in words that hold TEXT.
testing::AssertionResult breaks(const seen &callers, const std::string &text)
{
    outcome o;
    o.callers = callers;
    o.callers.pushed = 1;
    o.current_after = milliseconds(0);
    std::string all;
    for (const std::string &what : broken(all_faults()[0].promised, o))
        all += what + "; ";
    return (all.empty() ? text.empty() : !text.empty() && all.find(text) != std::string::npos)
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << all;
}

TEST(Checker, FindsNothingWhereAllIsRight)
{
    const route_history history;
    const scripted_agent agent([](const GetHostRequest &q) { return host_of(q.modid(), 1); });
    EXPECT_TRUE(breaks(after_calls(agent, 30, history), ""));
}

TEST(Checker, FindsAnAgentThatForgetsAModule)
{
    const route_history history;
    const scripted_agent agent([](const GetHostRequest &q) {
        GetHostResponse answer = host_of(q.modid(), 1);
        if (q.modid() == 3)
            answer.set_retcode(RET_NOEXIST);
        return answer;
    });
    const seen s = after_calls(agent, 30, history);
    EXPECT_GT(s.no_exist, 0);
    EXPECT_TRUE(breaks(s, "RET_NOEXIST for module 3"));
}

TEST(Checker, FindsAHostOfAnotherModuleAndOneThatNeverWas)
{
    const route_history history;
    const scripted_agent other([](const GetHostRequest &) { return host_of(2, 1); });
    EXPECT_TRUE(breaks(after_calls(other, 30, history), "a host of another module"));
    const scripted_agent never([](const GetHostRequest &q) { return host_of(q.modid(), 7); });
    EXPECT_TRUE(breaks(after_calls(never, 30, history), "a host that it never had"));
}

TEST(Checker, FindsARouteThatGoesBackOrStays)
{
    route_history history;
    history.attempt(1, 2);
    history.confirm(1, 2);
    std::atomic<int> calls{0};
    const scripted_agent back([&calls](const GetHostRequest &q) {
        return host_of(q.modid(), q.modid() == 1 && ++calls <= 3 ? 2 : 1);
    });
    EXPECT_TRUE(breaks(after_calls(back, 60, history), "went back from version 2 to 1"));

    history.allow_lag(milliseconds(50));
    const scripted_agent stays([](const GetHostRequest &q) { return host_of(q.modid(), 1); });
    EXPECT_TRUE(breaks(after_calls(stays, 60, history), "for module 1: replaced "));
}

TEST(Checker, FindsACallerWithoutADeadline)
{
    const route_history history;
    const scripted_agent late([](const GetHostRequest &q) { return host_of(q.modid(), 1); },
                              DEADLINE * 3);
    EXPECT_TRUE(breaks(after_calls(late, 1, history, milliseconds(60000)), "a call took "));
    EXPECT_TRUE(breaks(after_calls(late, 1, history), "1 calls without an answer"));
}

TEST(Checker, FindsLostReportsAndRoutesThatStayOld)
{
    outcome o;
    o.callers.answers = o.callers.pushed = 1;
    o.reported = 2;
    o.stored = 1;
    o.lost_afterwards = 1;
    EXPECT_EQ(broken(promise{}, o),
              (std::vector<std::string>{"1 reports lost", "1 reports lost after the fault",
                                        "routes are not current within 3000 ms"}));
    EXPECT_EQ(broken(promise{}, outcome())[0], "nothing was seen");
}

TEST(Checker, FindsADnsThatForgetsOrMixes)
{
    const route_history history;
    checker judge(history);
    const auto host = [](int number) { return std::make_pair(host_ip(number, 1), host_port(1)); };
    judge.pushed(1, {host(1), host(2), host(3)}, false);
    EXPECT_EQ(judge.result().wrong, 0);
    judge.pushed(1, {}, false);
    judge.pushed(1, {host(1), host(2), host(3)}, true);
    EXPECT_EQ(judge.result().wrong, 2);
}

}  // namespace
}  // namespace lars::faults
