// What comes of a callback that throws: the exception ends event_process(), and everything can go
// on afterwards. The loop runs in the test's own thread.
#include <stdexcept>

#include "net_support.h"
#include "tcp_client.h"
#include "thread_queue.h"
#include "udp_client.h"
#include "udp_server.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

msg_callback throws()
{
    return [](const char *, uint32_t, int, net_connection &) { throw std::runtime_error("oops"); };
}

// Runs the loop until something in it throws.
void expect_throw(event_loop &loop)
{
    const auto timer = loop.run_after(10s, [&] { loop.stop(); });
    EXPECT_THROW(loop.event_process().ok(), std::runtime_error);
    EXPECT_FALSE(loop.running_here());
    loop.cancel(timer);
}

TEST(Exception, OfATaskLeavesTheOtherTasksForTheNextRun)
{
    event_loop loop(no_log());
    std::string order;
    loop.add_task([&] { order += "a"; });
    loop.add_task([] { throw std::runtime_error("oops"); });
    loop.add_task([&] { order += "b"; });
    loop.add_task([&] { order += "c"; });
    expect_throw(loop);
    EXPECT_EQ(order, "a");
    loop.add_task([&] { order += "d"; });
    EXPECT_TRUE(run_until(loop, [&] { return order == "abcd"; })) << order;
}

TEST(Exception, OfATimerLeavesTheRepeatedOneItsBeat)
{
    event_loop loop(no_log());
    int runs = 0;
    loop.run_every(1ms, [&] {
        if (++runs == 2)
            throw std::runtime_error("oops");
    });
    expect_throw(loop);
    EXPECT_TRUE(run_until(loop, [&] { return runs == 5; }));
}

TEST(Exception, OfAWatchedFdLeavesItWatched)
{
    event_loop loop(no_log());
    socket_pair pair;
    int calls = 0;
    put(pair.theirs.get(), "x");
    ASSERT_TRUE(loop.add_io_event(pair.ours.get(), event_loop::READ,
                                  [&] {
                                      if (++calls == 1)
                                          throw std::runtime_error("oops");
                                  })
                    .ok());
    expect_throw(loop);
    EXPECT_TRUE(run_until(loop, [&] { return calls > 1; }));
    loop.del_io_event(pair.ours.get());
}

TEST(Exception, AStopOfTheSameRoundStillCounts)
{
    event_loop loop(no_log());
    loop.add_task([&] {
        loop.stop();
        throw std::runtime_error("oops");
    });
    expect_throw(loop);
    EXPECT_TRUE(loop.event_process().ok());
}

struct ThrowingServer : testing::Test {
    event_loop loop{no_log()};
    tcp_server server{&loop};
    int closes = 0;

    void SetUp() override
    {
        ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
        ASSERT_TRUE(server.add_msg_router(2, throws()).ok());
        ASSERT_TRUE(server.bind(loopback()).ok());
        ASSERT_TRUE(server.start().ok());
    }
    wire_peer connect()
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(server.address().port));
        return peer;
    }
    // One that is served as if nothing had happened.
    void expect_service()
    {
        wire_peer peer = connect();
        ASSERT_TRUE(peer.send_frame(1, "still there"));
        ASSERT_TRUE(run_until(loop, [&] { return !peer.receive_bytes(0ms).empty(); }));
    }
};

TEST_F(ThrowingServer, ClosesTheConnectionWhoseCallbackThrew)
{
    server.set_conn_close([&](net_connection &) { ++closes; });
    wire_peer other = connect();
    wire_peer peer = connect();
    peer.send_bytes(encode_frame(1, "a") + encode_frame(2, "throw") + encode_frame(1, "b"));
    expect_throw(loop);
    ASSERT_TRUE(run_until(loop, [&] { return closes == 1; }));
    EXPECT_TRUE(peer.wait_eof());
    EXPECT_EQ(server.connections(), 1u);
    expect_service();
}

TEST_F(ThrowingServer, ClosesTheConnectionWhoseStartHookThrew)
{
    int starts = 0;
    server.set_conn_start([&](net_connection &) {
        if (++starts == 1)
            throw std::runtime_error("oops");
    });
    wire_peer peer = connect();
    expect_throw(loop);
    ASSERT_TRUE(run_until(loop, [&] { return server.connections() == 0; }));
    EXPECT_TRUE(peer.wait_eof());
    expect_service();
}

TEST_F(ThrowingServer, ForgetsTheConnectionWhoseCloseHookThrew)
{
    server.set_conn_close([&](net_connection &) {
        if (++closes == 1)
            throw std::runtime_error("oops");
    });
    wire_peer peer = connect();
    ASSERT_TRUE(run_until(loop, [&] { return server.connections() == 1; }));
    bool drained = false;
    server.stop(10s, [&] { drained = true; });
    peer.close();
    expect_throw(loop);
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_TRUE(run_until(loop, [&] { return drained; }));
}

TEST(Exception, ATcpClientConnectsAgain)
{
    event_loop loop(no_log());
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    tcp_client_options options;
    options.first_backoff = 1ms;
    tcp_client client(&loop, "test", {loopback(listener.port())}, options);
    int starts = 0;
    int closes = 0;
    ASSERT_TRUE(client.add_msg_router(2, throws()).ok());
    client.set_conn_start([&](net_connection &) {
        if (++starts == 1)
            throw std::runtime_error("oops");
    });
    client.set_conn_close([&](net_connection &) {
        if (++closes == 2)
            throw std::runtime_error("oops");
    });
    client.start();
    expect_throw(loop);  // the first start hook
    ASSERT_TRUE(run_until(loop, [&] { return starts == 2; }));
    EXPECT_EQ(closes, 1);
    ASSERT_TRUE(listener.accept().has_value());
    auto second = listener.accept();
    ASSERT_TRUE(second && second->send_frame(2, "throw"));
    expect_throw(loop);  // the callback
    expect_throw(loop);  // the close hook
    ASSERT_TRUE(run_until(loop, [&] { return starts == 3; }));
    EXPECT_TRUE(client.connected());
}

TEST(Exception, UdpServesOn)
{
    event_loop loop(no_log());
    udp_server server(&loop);
    ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
    ASSERT_TRUE(server.add_msg_router(2, throws()).ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_udp(server.address().port));
    ASSERT_TRUE(peer.send_frame(1, "before"));
    ASSERT_TRUE(peer.send_frame(2, "throw"));
    expect_throw(loop);
    // What was answered before it is not lost.
    EXPECT_TRUE(peer.receive_frame());
    EXPECT_EQ(server.send_message("x", 1, 1), send_result::closed);
    ASSERT_TRUE(peer.send_frame(1, "after"));
    ASSERT_TRUE(run_until(loop, [&] { return !peer.receive_bytes(0ms).empty(); }));

    udp_client client(&loop, server.address());
    ASSERT_TRUE(client.add_msg_router(1, throws()).ok());
    ASSERT_TRUE(client.start().ok());
    for (int i = 0; i < 2; ++i) {
        // The second one is sent at once, as the first was.
        EXPECT_EQ(client.send_message("x", 1, 1), send_result::ok);
        expect_throw(loop);
    }
}

TEST(Exception, AThreadQueueGivesUpThatBatch)
{
    event_loop loop(no_log());
    std::vector<int> seen;
    thread_queue<int> queue(&loop, [&](std::vector<int> &batch) {
        seen.insert(seen.end(), batch.begin(), batch.end());
        if (seen.size() == 2)
            throw std::runtime_error("oops");
    });
    queue.send(1);
    queue.send(2);
    expect_throw(loop);
    queue.send(3);
    EXPECT_TRUE(run_until(loop, [&] { return seen.size() == 3; }));
    EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

// Nobody could catch it there.
TEST(Exception, InALoopThreadEndsTheProgram)
{
    EXPECT_DEATH(
        {
            loop_thread thread(no_log());
            thread.loop()->run_after(1ms, [] { throw std::runtime_error("oops"); });
            const status started = thread.start();
            std::this_thread::sleep_for(10s);
        },
        "oops");
}

}  // namespace
}  // namespace lars
