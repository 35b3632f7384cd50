// The ends of a server: graceful, cut off, and destroyed.
#include "net_support.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

// Begins to stop; the future is ready when the server says that it is done.
std::shared_future<void> begin_stop(running_server &s, milliseconds grace)
{
    auto done = std::make_shared<std::promise<void>>();
    in_loop(s.thread.loop(), [&] { s.server.stop(grace, [done] { done->set_value(); }); });
    return done->get_future();
}

bool is_ready(const std::shared_future<void> &done)
{
    if (done.wait_for(10s) != std::future_status::ready)
        return false;
    done.get();  // throws where the server has forgotten whom to tell
    return true;
}

void graceful_stop(int threads)
{
    running_server s(with_threads(threads));
    EXPECT_TRUE(s.server
                    .add_msg_router(2,
                                    [](const char *, uint32_t, int, net_connection &conn) {
                                        const std::string body = pattern(60000);
                                        for (int i = 0; i < 100; ++i)
                                            EXPECT_EQ(
                                                conn.send_message(body.data(), body.size(), i),
                                                send_result::ok);
                                    })
                    .ok());
    std::atomic<int> closes{0};
    s.server.set_conn_close([&](net_connection &) { ++closes; });
    s.start();
    std::vector<wire_peer> peers;
    for (int i = 0; i < 4; ++i) {
        peers.push_back(s.connect());
        ASSERT_TRUE(echoes(peers.back()));
    }
    for (wire_peer &peer : peers)
        ASSERT_TRUE(peer.send_frame(2, "all of it"));
    // The first byte of the answer tells that all of it is queued.
    for (const wire_peer &peer : peers) {
        char byte;
        ASSERT_TRUE(wait_until([&] { return recv(peer.fd(), &byte, 1, MSG_PEEK) == 1; }));
    }
    auto done = begin_stop(s, 10000ms);
    wire_peer late;
    EXPECT_FALSE(late.connect_tcp(s.port));
    for (wire_peer &peer : peers) {
        for (int i = 0; i < 100; ++i) {
            const auto frame = peer.receive_frame();
            ASSERT_TRUE(frame) << i;
            ASSERT_EQ(frame->msgid, i);
            ASSERT_TRUE(frame->body == pattern(60000));
        }
        EXPECT_TRUE(peer.wait_eof());
        peer.close();
    }
    EXPECT_TRUE(is_ready(done));
    EXPECT_EQ(closes, 4);
    EXPECT_EQ(s.server.connections(), 0u);
}

TEST(TcpServerStop, SendsEverythingThatIsQueuedThenCloses)
{
    graceful_stop(0);
    graceful_stop(2);
}

TEST(TcpServerStop, CutsOffWhatIsLeftAfterTheGrace)
{
    for (const int threads : {0, 2}) {
        running_server s(with_threads(threads));
        s.start();
        wire_peer idle = s.connect();  // never closes its side
        ASSERT_TRUE(echoes(idle));
        auto done = begin_stop(s, 50ms);
        EXPECT_TRUE(is_ready(done));
        EXPECT_EQ(s.server.connections(), 0u);
        EXPECT_TRUE(idle.wait_eof());
    }
}

TEST(TcpServerStop, WithoutConnectionsItIsDoneAtOnce)
{
    for (const int threads : {0, 2}) {
        running_server s(with_threads(threads));
        s.start();
        EXPECT_TRUE(is_ready(begin_stop(s, std::chrono::hours(1))));
    }
    event_loop loop(no_log());
    tcp_server never_started(&loop);
    bool done = false;
    never_started.stop(1000ms, [&] { done = true; });
    EXPECT_TRUE(done);
}

TEST(TcpServerStop, AskedForTwiceItTellsBoth)
{
    for (const int threads : {0, 2}) {
        running_server s(with_threads(threads));
        s.start();
        wire_peer idle = s.connect();
        ASSERT_TRUE(echoes(idle));
        auto first = begin_stop(s, std::chrono::hours(1));
        auto second = begin_stop(s, 50ms);
        EXPECT_TRUE(is_ready(first));
        EXPECT_TRUE(is_ready(second));
        EXPECT_EQ(s.server.connections(), 0u);
    }
}

TEST(TcpServerStop, AskedForTwiceItLeavesNoTimerBehind)
{
    event_loop loop(no_log());
    auto server = std::make_unique<tcp_server>(&loop);
    ASSERT_TRUE(server->bind(loopback()).ok());
    ASSERT_TRUE(server->start().ok());
    wire_peer idle;
    ASSERT_TRUE(idle.connect_tcp(server->address().port));
    ASSERT_TRUE(run_until(loop, [&] { return server->connections() == 1; }));
    for (int i = 0; i < 2; ++i)
        server->stop(50ms, [] {});
    run_rounds(loop);
    server.reset();
    loop.run_after(100ms, [&] { loop.stop(); });
    EXPECT_TRUE(loop.event_process().ok());
}

TEST(TcpServerStop, WhatTheClientSendsMeanwhileIsNotHandled)
{
    running_server s;
    std::atomic<int> handled{0};
    ASSERT_TRUE(
        s.server
            .add_msg_router(2, [&](const char *, uint32_t, int, net_connection &) { ++handled; })
            .ok());
    s.start();
    wire_peer peer = s.connect();
    ASSERT_TRUE(echoes(peer));
    auto done = begin_stop(s, 10000ms);
    ASSERT_TRUE(peer.wait_eof());
    peer.send_frame(2, "too late");
    peer.close();
    EXPECT_TRUE(is_ready(done));
    EXPECT_EQ(handled, 0);
}

TEST(TcpServerStop, ItsEndWithOpenConnectionsClosesThem)
{
    for (const int threads : {0, 3}) {
        std::atomic<int> closes{0};
        std::vector<wire_peer> peers;
        {
            running_server s(with_threads(threads));
            s.server.set_conn_close([&](net_connection &conn) {
                ++closes;
                // Whatever a hook tries with others that are going too, is safe.
                for (uint64_t id = 0; id < 2048; ++id)
                    s.server.send_message(id, "gone", 4, 1);
                EXPECT_EQ(s.server.send_message(conn.id(), "gone", 4, 1), send_result::closed);
            });
            s.start();
            for (int i = 0; i < 6; ++i) {
                peers.push_back(s.connect());
                ASSERT_TRUE(echoes(peers.back()));
            }
        }
        EXPECT_EQ(closes, 6);
        for (wire_peer &peer : peers)
            EXPECT_TRUE(peer.wait_eof());
    }
}

// Its worker loops hold tasks for connections, and clients keep sending.
TEST(TcpServerStop, ItsEndUnderLoadIsSafe)
{
    for (int round = 0; round < 20; ++round) {
        std::atomic<uint64_t> id{0};
        std::vector<wire_peer> peers;
        running_server s(with_threads(3));
        s.server.set_conn_start([&](net_connection &conn) { id = conn.id(); });
        // Each message goes on to a connection of another loop.
        ASSERT_TRUE(
            s.server
                .add_msg_router(2,
                                [&](const char *data, uint32_t len, int msgid, net_connection &) {
                                    s.server.send_message(id, data, len, msgid);
                                })
                .ok());
        s.start();
        for (int i = 0; i < 6; ++i) {
            peers.push_back(s.connect());
            ASSERT_TRUE(echoes(peers.back()));
        }
        for (int i = 0; i < 50; ++i) {
            for (wire_peer &peer : peers)
                peer.send_frame(2, "on and on");
        }
    }
}

// While one worker loop has ended already, the callbacks of others still send to
// its connections: none of them may take that for its own loop.
TEST(TcpServerStop, ALoopThatHasEndedIsNobodysOwn)
{
    std::promise<void> ended;
    auto first_loop_ended = ended.get_future().share();
    struct at_thread_end {
        std::promise<void> *tell = nullptr;
        ~at_thread_end()
        {
            if (tell)
                tell->set_value();
        }
    };
    std::atomic<uint64_t> first_id{0};
    std::atomic<int> waiting{0};
    wire_peer peers[3];
    {
        running_server s(with_threads(3));
        s.server.set_loop_state<int>(
            [made = 0]() mutable { return std::make_unique<int>(made++); });
        s.server.set_conn_start([&](net_connection &conn) {
            if (s.server.loop_state<int>(conn) != 0)
                return;
            static thread_local at_thread_end guard;
            guard.tell = &ended;
            first_id = conn.id();
        });
        ASSERT_TRUE(s.server
                        .add_msg_router(2,
                                        [&](const char *data, uint32_t len, int, net_connection &) {
                                            ++waiting;
                                            first_loop_ended.wait();
                                            for (int i = 0; i < 100; ++i)
                                                s.server.send_message(first_id, data, len, 3);
                                        })
                        .ok());
        s.start();
        for (wire_peer &peer : peers) {
            peer = s.connect();
            ASSERT_TRUE(echoes(peer));
        }
        ASSERT_TRUE(peers[1].send_frame(2, "from the second"));
        ASSERT_TRUE(peers[2].send_frame(2, "from the third"));
        ASSERT_TRUE(wait_until([&] { return waiting == 2; }));
    }
    EXPECT_FALSE(peers[0].receive_frame());
}

TEST(TcpServerStop, MayBeDestroyedInACallbackWhileItsEventsWait)
{
    event_loop loop(no_log());
    auto server = std::make_unique<tcp_server>(&loop);
    int handled = 0;
    ASSERT_TRUE(
        server->add_msg_router(2, [&](const char *, uint32_t, int, net_connection &) { ++handled; })
            .ok());
    ASSERT_TRUE(server->bind(loopback()).ok());
    ASSERT_TRUE(server->start().ok());
    socket_pair trigger;
    ASSERT_TRUE(loop.add_io_event(trigger.ours.get(), event_loop::READ,
                                  [&] {
                                      server.reset();
                                      loop.del_io_event(trigger.ours.get());
                                  })
                    .ok());
    std::vector<wire_peer> peers(5);
    for (wire_peer &peer : peers)
        ASSERT_TRUE(peer.connect_tcp(server->address().port));
    ASSERT_TRUE(run_until(loop, [&] { return server->connections() == 5; }));
    // The trigger's event comes first, theirs in the same batch.
    put(trigger.theirs.get(), "x");
    for (wire_peer &peer : peers)
        ASSERT_TRUE(peer.send_frame(2, "x"));
    run_rounds(loop);
    EXPECT_EQ(handled, 0);
    for (wire_peer &peer : peers)
        EXPECT_TRUE(peer.wait_eof());
}

}  // namespace
}  // namespace lars
