// Whoever comes to the agent's socket and is no client, or one too many; and clients who find
// something else there than an agent. All of them go on, by UDP where nothing else is left.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "local_agent_fixture.h"
#include "raw_client.h"

namespace lars {
namespace {

using namespace lars::test;
using steady = std::chrono::steady_clock;

unique_fd listening_at(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    EXPECT_EQ(listen(fd.get(), 100), 0);
    return fd;
}

class LocalStrangers : public LocalPath {
protected:
    size_t descriptors() { return descriptors_of(_agent->process().pid()); }

    // All calls of a program go by UDP, none of them waits, and all are counted. Sooner or later
    // the program is told this reason.
    void expect_calls_by_udp(lars_client &program, const std::string &reason)
    {
        uint64_t calls = 0;
        const auto is_by_udp = [&] {
            const auto began = steady::now();
            call(program, 0);
            ++calls;
            EXPECT_LT(steady::now() - began, std::chrono::seconds(1));
            EXPECT_FALSE(program.is_local());
            return program.local_error().find(reason) != std::string::npos;
        };
        EXPECT_TRUE(wait_until(is_by_udp)) << program.local_error();
        while (calls < 200)
            is_by_udp();
        EXPECT_EQ(program.error(), "");
        reported(calls);
    }
    void expect_local_calls(lars_client &program)
    {
        EXPECT_TRUE(becomes_local(program)) << program.local_error();
        for (int i = 0; i < 200; ++i)
            call(program, 0);
        EXPECT_TRUE(program.is_local());
        reported(200);
    }
};

TEST_F(LocalStrangers, ThousandClientsComeAndGo)
{
    const size_t before = descriptors();
    for (int i = 0; i < 1000; ++i) {
        raw_client one;
        ASSERT_EQ(one.meet(socket_path()), "") << i;
    }
    EXPECT_TRUE(wait_until([&] { return descriptors() == before; }));
    // Those who stay cost a descriptor each.
    std::vector<raw_client> stay(100);
    for (raw_client &one : stay)
        ASSERT_EQ(one.meet(socket_path()), "");
    EXPECT_TRUE(wait_until([&] { return descriptors() == before + stay.size(); }));
    lars_client program = client();
    expect_local_calls(program);
}

TEST_F(LocalStrangers, WhoDoesNotGreetIsSentAwayAndDisturbsNobody)
{
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    const size_t before = descriptors();
    std::vector<unique_fd> silent;
    for (int i = 0; i < 200; ++i) {
        silent.push_back(connected_to(socket_path()));
        ASSERT_TRUE(silent.back().valid());
    }
    EXPECT_TRUE(wait_until([&] { return descriptors() == before + silent.size(); }));
    const std::string rubbish[] = {"GET / HTTP/1.1\r\n\r\n", "x", std::string(100000, '\0'),
                                   std::string(16, '\xff')};
    const local::greeting other_version{local::GREETING_MAGIC, local::LAYOUT_VERSION + 1, 0};
    for (int i = 0; i < 200; ++i) {
        const unique_fd fd = connected_to(socket_path());
        ASSERT_TRUE(fd.valid());
        const std::string &said = rubbish[i % 4];
        send(fd.get(), said.data(), said.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    const unique_fd newer = connected_to(socket_path());
    send(newer.get(), &other_version, sizeof other_version, MSG_NOSIGNAL);
    local::greeting answer{};
    EXPECT_EQ(recv(newer.get(), &answer, sizeof answer, MSG_WAITALL),
              static_cast<ssize_t>(sizeof answer));
    EXPECT_EQ(answer.outcome, local::OTHER_VERSION);
    EXPECT_EQ(answer.version, local::LAYOUT_VERSION);
    // A second later there is nothing left of those who are silent.
    EXPECT_TRUE(wait_until([&] { return descriptors() == before; }));
    lars_client late = client();
    EXPECT_TRUE(becomes_local(late));
    for (int i = 0; i < 200; ++i)
        call(program, 0);
    EXPECT_TRUE(program.is_local());
    reported(200);
    EXPECT_TRUE(_agent->process().wait_for_output("it does not greet"));
}

class FewClients : public LocalStrangers {
protected:
    void prepare() override { _agent->set("agent", "local_clients", "3"); }
};

TEST_F(FewClients, OneTooManyGoesByUdpUntilAnotherLeaves)
{
    raw_client first[3];
    for (raw_client &one : first)
        ASSERT_EQ(one.meet(socket_path()), "");
    lars_client program = client();
    expect_calls_by_udp(program, "as many clients as it may have");
    EXPECT_TRUE(_agent->process().wait_for_output("as many as [agent] local_clients allows"));
    first[1] = raw_client();
    EXPECT_TRUE(becomes_local(program)) << program.local_error();
    EXPECT_EQ(program.local_error(), "");
}

// Those who never greet keep a client away for no longer than the agent waits for them.
TEST_F(FewClients, SilentOnesKeepNobodyAwayForLong)
{
    const unique_fd silent[3] = {connected_to(socket_path()), connected_to(socket_path()),
                                 connected_to(socket_path())};
    lars_client program = client();
    EXPECT_TRUE(becomes_local(program)) << program.local_error();
}

// As an agent is that was installed before there was a local path.
class NoLocalPath : public LocalStrangers {
protected:
    void prepare() override { _agent->set("agent", "local", ""); }
};

TEST_F(NoLocalPath, CallsGoByUdp)
{
    lars_client program = client();
    expect_calls_by_udp(program, "the agent offers no local path");
}

class PlainFile : public LocalStrangers {
protected:
    void prepare() override { write_text(socket_path(), "a letter\n"); }
};

TEST_F(PlainFile, AgentSaysSoAndServesByUdp)
{
    EXPECT_TRUE(_agent->process().wait_for_output(
        "clients do without the local path: [agent] local = " + socket_path() +
        ": is there, and is not a socket"));
    lars_client program = client();
    expect_calls_by_udp(program, "the agent offers no local path");
    EXPECT_EQ(_agent->stop(), 0);
    EXPECT_EQ(read_text(socket_path()), "a letter\n");
}

class SocketOfAnother : public LocalStrangers {
protected:
    void prepare() override { _others = listening_at(socket_path()); }

    unique_fd _others;
};

TEST_F(SocketOfAnother, AgentSaysSoAndServesByUdp)
{
    EXPECT_TRUE(_agent->process().wait_for_output("[agent] local = " + socket_path() +
                                                  ": another process listens there"));
    lars_client program = client();
    expect_calls_by_udp(program, "the agent offers no local path");
    EXPECT_EQ(_agent->stop(), 0);
    EXPECT_TRUE(connected_to(socket_path()).valid()) << "it is still the other's";
}

// Somebody has put a socket of his own where that of the agent was.
class Impostor : public LocalStrangers {
protected:
    void SetUp() override
    {
        LocalPath::SetUp();
        EXPECT_EQ(unlink(socket_path().c_str()), 0);
        _listening = listening_at(socket_path());
    }
    void TearDown() override
    {
        _over = true;
        if (_answering.joinable())
            _answering.join();
        LocalPath::TearDown();
    }
    // Says this to each who comes, and hangs up at once or after five seconds.
    void answer(const std::string &said, bool hang_up)
    {
        _answering = std::thread([this, said, hang_up] {
            std::vector<unique_fd> kept;
            const auto until = steady::now() + std::chrono::seconds(5);
            while (!_over) {
                if (steady::now() > until)
                    kept.clear();
                pollfd wanted{_listening.get(), POLLIN, 0};
                if (poll(&wanted, 1, 10) != 1)
                    continue;
                unique_fd caller(accept(_listening.get(), nullptr, nullptr));
                send(caller.get(), said.data(), said.size(), MSG_NOSIGNAL);
                ++_callers;
                if (!hang_up)
                    kept.push_back(std::move(caller));
            }
        });
    }

    unique_fd _listening;
    std::atomic<bool> _over{false};
    std::atomic<int> _callers{0};
    std::thread _answering;
};

TEST_F(Impostor, WhoTalksRubbishIsNotMet)
{
    answer("HTTP/1.1 400 Bad Request\r\n\r\n", false);
    lars_client program = client();
    expect_calls_by_udp(program, socket_path() + ": what answers is no Lars agent");
}

TEST_F(Impostor, WhoHangsUpIsNotMet)
{
    answer("", true);
    lars_client program = client();
    // The greeting that nobody has read makes a reset of it.
    expect_calls_by_udp(program, socket_path() + ": ");
}

TEST_F(Impostor, WhoClaimsToBeAnAgentAndPassesNothingIsNotMet)
{
    const local::greeting hello{local::GREETING_MAGIC, local::LAYOUT_VERSION, local::MET};
    answer(std::string(reinterpret_cast<const char *>(&hello), sizeof hello), false);
    lars_client program = client();
    expect_calls_by_udp(program, "the agent passed 0 descriptors");
}

// No call waits for him.
TEST_F(Impostor, WhoSaysNothingHoldsUpNoCall)
{
    answer("", false);
    lars_client program = client();
    std::string ip;
    int port = 0;
    EXPECT_TRUE(wait_until([&] {
        program.get_host(1, 1, ip, port);
        return _callers > 0;
    }));
    expect_calls_by_udp(program, "");
}

// A session with the agent itself goes on where the socket was taken away from it.
TEST_F(Impostor, WhoHasMetTheAgentBeforeGoesOn)
{
    _listening.reset();
    EXPECT_EQ(unlink(socket_path().c_str()), 0);
    EXPECT_EQ(_agent->stop(), 0);
    begin();
    lars_client program = client();
    ASSERT_TRUE(becomes_local(program));
    EXPECT_EQ(unlink(socket_path().c_str()), 0);
    _listening = listening_at(socket_path());
    answer("rubbish", false);
    expect_local_calls(program);
    EXPECT_EQ(_callers, 0);
}

// Of the user root nothing keeps anybody away: then it is a thread of another user.
TEST_F(LocalStrangers, WhoMayNotConnectAsksByUdp)
{
    ASSERT_EQ(chmod(socket_path().c_str(), 0), 0);
    std::thread other([this] {
        if (geteuid() == 0) {
            ASSERT_EQ(syscall(SYS_setresuid, -1, 65534, -1), 0);
        }
        lars_client program = client();
        expect_calls_by_udp(program, "Permission denied");
    });
    other.join();
}

}  // namespace
}  // namespace lars
