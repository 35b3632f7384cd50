// start() twice, again after a failure, again after stop(), and from within a hook.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "acceptor.h"
#include "net_support.h"
#include "start_thread.h"
#include "tcp_client.h"
#include "temp_dir.h"
#include "thread_pool.h"
#include "udp_client.h"
#include "udp_server.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

// True of a thread that was joined: the kernel may know it a little longer.
bool is_exiting(const std::filesystem::path &task)
{
    constexpr unsigned long PF_EXITING = 4;
    const std::string stat = read_text(task / "stat");
    std::istringstream words(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string word;
    for (int i = 0; i < 6; ++i)
        words >> word;
    unsigned long flags = PF_EXITING;  // of one that is gone by now
    words >> flags;
    return (flags & PF_EXITING) != 0;
}

// How many threads this process has.
int threads()
{
    int count = 0;
    for (const auto &task : std::filesystem::directory_iterator("/proc/self/task"))
        count += is_exiting(task.path()) ? 0 : 1;
    return count;
}

// No fd is to be had while it lives.
class no_fds {
public:
    no_fds()
    {
        getrlimit(RLIMIT_NOFILE, &_before);
        rlimit none = _before;
        none.rlim_cur = 0;
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~no_fds() { setrlimit(RLIMIT_NOFILE, &_before); }

private:
    rlimit _before{};
};

TEST(StartTwice, AThreadThatRunsIsLeftAlone)
{
    std::promise<void> end;
    std::thread thread;
    ASSERT_TRUE(start_thread(&thread, "a test", [&] { end.get_future().wait(); }).ok());
    EXPECT_FALSE(start_thread(&thread, "a test", [] { FAIL(); }).ok());
    end.set_value();
    thread.join();
}

TEST(StartTwice, OfALoopThreadIsAnErrorAndAfterAStopItIsNot)
{
    loop_thread thread(no_log());
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(thread.start().ok());
        const int before = threads();
        EXPECT_FALSE(thread.start().ok());
        EXPECT_EQ(threads(), before);
        in_loop(thread.loop(), [] { return 0; });
        thread.stop();
    }
}

TEST(StartTwice, ALoopThreadThatWasStoppedBeforeItRanSaysSoAndStartsThen)
{
    loop_thread thread(no_log());
    thread.loop()->stop();
    const int before = threads();
    EXPECT_FALSE(thread.start().ok());
    EXPECT_EQ(threads(), before);
    ASSERT_TRUE(thread.start().ok());
    in_loop(thread.loop(), [] { return 0; });
}

TEST(StartTwice, ALoopThreadWhoseLoopFailsLeavesNoThread)
{
    std::unique_ptr<loop_thread> thread;
    {
        no_fds fault;
        thread = std::make_unique<loop_thread>(no_log());
    }
    const int before = threads();
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(thread->start().ok());
        EXPECT_EQ(threads(), before);
    }
}

TEST(StartTwice, OfAThreadPoolIsAnErrorAndLeavesItsThreads)
{
    thread_pool pool;
    int before = threads();
    {
        no_fds fault;
        EXPECT_FALSE(pool.start(2, no_log()).ok());
    }
    EXPECT_EQ(threads(), before);
    ASSERT_TRUE(pool.start(2, no_log()).ok());
    before = threads();
    EXPECT_FALSE(pool.start(2, no_log()).ok());
    EXPECT_EQ(pool.size(), 2u);
    EXPECT_EQ(threads(), before);
    pool.stop();
    EXPECT_FALSE(pool.start(2, no_log()).ok());
}

TEST(StartTwice, OfATcpServerIsAnErrorAndLeavesNothing)
{
    event_loop loop(no_log());
    tcp_server server(&loop, with_threads(3));
    ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
    int made = 0;
    int there = 0;
    struct counted {
        int *there;
        explicit counted(int *count) : there(count) { ++*there; }
        ~counted() { --*there; }
    };
    server.set_loop_state<counted>([&] {
        ++made;
        return std::make_unique<counted>(&there);
    });
    const int before = threads();
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(server.start().ok());  // there is no address yet
        EXPECT_EQ(threads(), before);
        EXPECT_EQ(there, 0);
    }
    ASSERT_TRUE(server.bind(loopback()).ok());
    const endpoint address = server.address();
    EXPECT_FALSE(server.bind(loopback()).ok());
    EXPECT_EQ(server.address(), address);
    made = 0;
    ASSERT_TRUE(server.start().ok());
    EXPECT_EQ(threads(), before + 3);
    EXPECT_EQ(made, 3);
    EXPECT_FALSE(server.start().ok());
    EXPECT_FALSE(server.bind(loopback()).ok());
    EXPECT_EQ(threads(), before + 3);
    EXPECT_EQ(made, 3);

    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(address.port));
    ASSERT_TRUE(run_until(loop, [&] { return server.connections() == 1; }));
    EXPECT_TRUE(echoes(peer));
    bool stopped = false;
    server.stop(0ms, [&] { stopped = true; });
    ASSERT_TRUE(run_until(loop, [&] { return stopped; }));
    EXPECT_FALSE(server.start().ok());
    EXPECT_EQ(threads(), before + 3);
}

TEST(StartTwice, AStateThatCannotBeMadeLeavesNoThread)
{
    event_loop loop(no_log());
    tcp_server server(&loop, with_threads(2));
    server.set_loop_state<int>([]() -> std::unique_ptr<int> { throw 1; });
    ASSERT_TRUE(server.bind(loopback()).ok());
    const int before = threads();
    EXPECT_THROW(server.start().ok(), int);
    EXPECT_EQ(threads(), before);
}

TEST(StartTwice, OfAnAcceptorIsAnError)
{
    event_loop loop(no_log());
    int accepted = 0;
    acceptor a(&loop, [&](unique_fd, const endpoint &) { ++accepted; });
    EXPECT_FALSE(a.listen().ok());
    ASSERT_TRUE(a.bind(loopback()).ok());
    EXPECT_FALSE(a.bind(loopback()).ok());
    ASSERT_TRUE(a.listen().ok());
    EXPECT_FALSE(a.listen().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(a.address().port));
    EXPECT_TRUE(run_until(loop, [&] { return accepted == 1; }));
    a.stop();
    ASSERT_TRUE(a.bind(loopback()).ok());
    EXPECT_TRUE(a.listen().ok());
}

TEST(StartTwice, OfUdpIsAnErrorAndChangesNothing)
{
    event_loop loop(no_log());
    udp_server server(&loop);
    ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
    EXPECT_FALSE(server.start().ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    const endpoint address = server.address();
    EXPECT_FALSE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    EXPECT_FALSE(server.start().ok());
    EXPECT_FALSE(server.bind(loopback()).ok());
    EXPECT_EQ(server.address(), address);

    udp_client client(&loop, address);
    int answers = 0;
    ASSERT_TRUE(
        client.add_msg_router(1, [&](const char *, uint32_t, int, net_connection &) { ++answers; })
            .ok());
    ASSERT_TRUE(client.start().ok());
    EXPECT_FALSE(client.start().ok());
    EXPECT_EQ(client.send_message("x", 1, 1), send_result::ok);
    EXPECT_TRUE(run_until(loop, [&] { return answers == 1; }));
    client.close();
    ASSERT_TRUE(client.start().ok());
    EXPECT_EQ(client.send_message("x", 1, 1), send_result::ok);
    EXPECT_TRUE(run_until(loop, [&] { return answers == 2; }));
}

TEST(StartTwice, OfATcpClientMakesOneConnection)
{
    event_loop loop(no_log());
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    tcp_client client(&loop, "test", {loopback(listener.port())});
    int starts = 0;
    client.set_conn_start([&](net_connection &) { ++starts; });
    client.start();
    client.start();
    ASSERT_TRUE(run_until(loop, [&] { return starts == 1; }));
    client.start();
    run_rounds(loop);
    EXPECT_EQ(starts, 1);
    EXPECT_TRUE(listener.accept().has_value());
    EXPECT_FALSE(listener.accept(0ms).has_value());
}

// Where a client is stopped and started again.
enum class where { close_hook, start_hook, callback };

class Restart : public testing::TestWithParam<where> {};

TEST_P(Restart, OfATcpClientKeepsTheNewConnection)
{
    event_loop loop(no_log());
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    tcp_client_options options;
    options.connect_timeout = 60ms;
    options.first_backoff = 20ms;
    options.longest_backoff = 20ms;
    tcp_client client(&loop, "test", {loopback(listener.port())}, options);
    int starts = 0;
    int closes = 0;
    bool done = false;
    const auto restart = [&](where here) {
        if (here != GetParam() || std::exchange(done, true))
            return;
        client.stop();
        client.start();
    };
    client.set_conn_start([&](net_connection &conn) {
        ++starts;
        conn.send_message("hello", 5, starts);
        restart(where::start_hook);
    });
    client.set_conn_close([&](net_connection &) {
        ++closes;
        restart(where::close_hook);
    });
    ASSERT_TRUE(client
                    .add_msg_router(1, [&](const char *, uint32_t, int,
                                           net_connection &) { restart(where::callback); })
                    .ok());
    client.start();
    ASSERT_TRUE(run_until(loop, [&] { return starts >= 1; }));
    auto first = listener.accept();
    ASSERT_TRUE(first);
    if (GetParam() == where::callback) {
        ASSERT_TRUE(first->send_frame(1, "x"));
    }
    if (GetParam() == where::close_hook)
        first->close();
    ASSERT_TRUE(run_until(loop, [&] { return starts == 2; }));
    auto second = listener.accept();
    ASSERT_TRUE(second);

    // Time for a try that should not be there, and for the end of one.
    bool over = false;
    loop.run_after(200ms, [&] { over = true; });
    ASSERT_TRUE(run_until(loop, [&] { return over; }));
    EXPECT_EQ(starts, 2);
    EXPECT_EQ(closes, GetParam() == where::close_hook ? 1 : 0);
    EXPECT_TRUE(client.connected());
    EXPECT_FALSE(listener.accept(0ms).has_value());
    const auto hello = second->receive_frame();
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->msgid, 2);
    EXPECT_TRUE(GetParam() == where::close_hook || first->wait_eof());
}

INSTANTIATE_TEST_SUITE_P(Places, Restart,
                         testing::Values(where::close_hook, where::start_hook, where::callback));

// The answer to the message that is being handled still leaves by the old socket; what came with
// it in one batch is not handled any more.
TEST(Restart, OfAUdpServerInItsCallback)
{
    event_loop loop(no_log());
    udp_server server(&loop);
    int handled = 0;
    ASSERT_TRUE(
        server
            .add_msg_router(1,
                            [&](const char *data, uint32_t len, int msgid, net_connection &conn) {
                                conn.send_message(data, len, msgid);
                                if (++handled > 1)
                                    return;
                                server.stop();
                                EXPECT_TRUE(server.bind(loopback()).ok());
                                EXPECT_TRUE(server.start().ok());
                            })
            .ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_udp(server.address().port));
    for (const char *body : {"first", "second", "third"})
        ASSERT_TRUE(peer.send_frame(1, body));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    const auto answer = peer.receive_frame();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "first");
    run_rounds(loop);
    EXPECT_EQ(handled, 1);

    wire_peer other;
    ASSERT_TRUE(other.connect_udp(server.address().port));
    ASSERT_TRUE(other.send_frame(1, "new"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 2; }));
    EXPECT_TRUE(other.receive_frame());
}

}  // namespace
}  // namespace lars
