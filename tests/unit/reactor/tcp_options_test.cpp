// What the options of TCP servers and clients change, and the way in which a connection ends
// itself. The loop runs in the test's own thread.
#include <netinet/tcp.h>

#include <csignal>

#include "faults.h"
#include "free_port.h"
#include "net_support.h"
#include "sockets.h"
#include "tcp_client.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

int user_timeout(milliseconds send_timeout)
{
    const unique_fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    tune_stream(fd.get(), send_timeout);
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size);
    return value;
}

TEST(SendTimeout, IsTheKernelsOwnUnlessItIsAskedFor)
{
    EXPECT_EQ(user_timeout(0ms), 0);
    EXPECT_EQ(user_timeout(-5ms), 0);
    EXPECT_EQ(user_timeout(milliseconds::min()), 0);
    EXPECT_EQ(user_timeout(1234ms), 1234);
    EXPECT_EQ(user_timeout(milliseconds::max()), std::numeric_limits<int>::max());
    EXPECT_EQ(tcp_server_options().send_timeout, 0ms);
    EXPECT_EQ(tcp_client_options().send_timeout, 0ms);
}

// A peer that reads nothing. It lives: its kernel answers each question for room.
TEST(SendTimeout, CutsAServersPeerThatPausesOnlyWhereItIsSet)
{
    for (const milliseconds timeout : {0ms, 300ms}) {
        event_loop loop(no_log());
        tcp_server_options options;
        options.send_timeout = timeout;
        tcp_server server(&loop, options);
        const std::string body(60000, 'x');
        ASSERT_TRUE(server
                        .add_msg_router(1,
                                        [&](const char *, uint32_t, int, net_connection &conn) {
                                            for (int i = 0; i < 110; ++i)
                                                conn.send_message(body.data(), body.size(), 1);
                                        })
                        .ok());
        ASSERT_TRUE(server.bind(loopback()).ok());
        ASSERT_TRUE(server.start().ok());
        wire_peer peer;
        ASSERT_TRUE(peer.connect_tcp(server.address().port));
        ASSERT_TRUE(run_until(loop, [&] { return server.connections() == 1; }));
        ASSERT_TRUE(peer.send_frame(1, ""));
        if (timeout > 0ms) {
            EXPECT_TRUE(run_until(loop, [&] { return server.connections() == 0; }));
            continue;
        }
        bool over = false;
        loop.run_after(1500ms, [&] { over = true; });
        ASSERT_TRUE(run_until(loop, [&] { return over; }));
        EXPECT_EQ(server.connections(), 1u);
        size_t got = 0;
        EXPECT_TRUE(run_until(loop, [&] {
            got += peer.receive_bytes(0ms).size();
            return got == 110 * 60008;
        })) << got;
    }
}

TEST(SendTimeout, CutsAClientsServerThatPausesOnlyWhereItIsSet)
{
    for (const milliseconds timeout : {0ms, 300ms}) {
        event_loop loop(no_log());
        wire_peer listener;
        ASSERT_TRUE(listener.listen_tcp());
        tcp_client_options options;
        options.send_timeout = timeout;
        tcp_client client(&loop, "test", {loopback(listener.port())}, options);
        int closes = 0;
        client.set_conn_close([&](net_connection &) { ++closes; });
        client.start();
        ASSERT_TRUE(run_until(loop, [&] { return client.connected(); }));
        auto peer = listener.accept();
        const std::string body(60000, 'x');
        for (int i = 0; i < 130; ++i)
            ASSERT_EQ(client.send_message(body.data(), body.size(), 1), send_result::ok);
        bool over = false;
        loop.run_after(timeout > 0ms ? 9s : 1500ms, [&] { over = true; });
        ASSERT_TRUE(run_until(loop, [&] { return over || closes > 0; }));
        EXPECT_EQ(closes, timeout > 0ms ? 1 : 0);
    }
}

TEST(LongDurations, OfAClientAreWaitedFor)
{
    event_loop loop(no_log());
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    tcp_client_options options;
    options.connect_timeout = milliseconds::max();
    options.first_backoff = 1ms;
    options.longest_backoff = milliseconds::max();
    options.send_timeout = milliseconds::max();
    tcp_client client(&loop, "test", {loopback(listener.port())}, options);
    int starts = 0;
    client.set_conn_start([&](net_connection &) { ++starts; });
    client.start();
    for (int i = 1; i <= 3; ++i) {
        ASSERT_TRUE(run_until(loop, [&] { return starts == i; }));
        ASSERT_TRUE(listener.accept().has_value());
    }
}

TEST(LongDurations, TheGraceOfAStopMayBeForEver)
{
    event_loop loop(no_log());
    tcp_server server(&loop);
    const std::string body(60000, 'x');
    ASSERT_TRUE(server
                    .add_msg_router(1,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        for (int i = 0; i < 110; ++i)
                                            conn.send_message(body.data(), body.size(), 1);
                                    })
                    .ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(server.address().port));
    ASSERT_TRUE(peer.send_frame(1, ""));
    ASSERT_TRUE(run_until(loop, [&] { return server.connections() == 1; }));
    run_rounds(loop);
    bool stopped = false;
    server.stop(milliseconds::max(), [&] { stopped = true; });
    run_rounds(loop, 100);
    EXPECT_FALSE(stopped);
    size_t got = 0;
    EXPECT_TRUE(run_until(loop, [&] {
        got += peer.receive_bytes(0ms).size();
        if (peer.at_eof())
            peer.close();
        return stopped;
    }));
    EXPECT_EQ(got, 110u * 60008);
}

TEST(CloseWhenSent, OfACallbackSendsItsAnswerAndNothingAfterIt)
{
    event_loop loop(no_log());
    tcp_server server(&loop);
    const std::string body = pattern(60000);
    int handled = 0;
    ASSERT_TRUE(
        server
            .add_msg_router(1,
                            [&](const char *, uint32_t, int, net_connection &conn) {
                                ++handled;
                                for (int i = 0; i < 100; ++i)
                                    EXPECT_EQ(conn.send_message(body.data(), body.size(), 2),
                                              send_result::ok);
                                conn.close_when_sent();
                                EXPECT_EQ(conn.send_message("late", 4, 2), send_result::closed);
                            })
            .ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_tcp(server.address().port));
    ASSERT_TRUE(peer.send_bytes(encode_frame(1, "question") + encode_frame(1, "another")));
    std::string got;
    ASSERT_TRUE(run_until(loop, [&] {
        got += peer.receive_bytes(0ms);
        return peer.at_eof();
    }));
    EXPECT_EQ(got.size(), 100u * 60008);
    EXPECT_EQ(handled, 1);
    EXPECT_EQ(server.connections(), 1u);  // it waits for the peer to close
    peer.close();
    EXPECT_TRUE(run_until(loop, [&] { return server.connections() == 0; }));
}

TEST(CloseWhenSent, OfAClientGoesOnToTheNextAddress)
{
    event_loop loop(no_log());
    wire_peer first;
    wire_peer second;
    ASSERT_TRUE(first.listen_tcp());
    ASSERT_TRUE(second.listen_tcp());
    tcp_client client(&loop, "test", {loopback(first.port()), loopback(second.port())});
    int starts = 0;
    client.set_conn_start([&](net_connection &) { ++starts; });
    client.close_when_sent();  // there is nothing to close
    client.start();
    ASSERT_TRUE(run_until(loop, [&] { return starts == 1; }));
    net_connection &conn = client;
    EXPECT_EQ(conn.send_message("last", 4, 1), send_result::ok);
    conn.close_when_sent();
    auto peer = first.accept();
    ASSERT_TRUE(peer);
    EXPECT_TRUE(peer->receive_frame());
    EXPECT_TRUE(peer->wait_eof());
    peer->close();
    ASSERT_TRUE(run_until(loop, [&] { return starts == 2; }));
    EXPECT_EQ(client.peer(), loopback(second.port()));
}

// 0.0.0.0 is this machine, and what answers there may be the client itself.
TEST(SelfConnection, ThroughTheWildcardAddressIsNoConnection)
{
    log_recorder log;
    event_loop loop(log.sink());
    tcp_client client(&loop, "test", {{INADDR_ANY, free_port()}});
    int starts = 0;
    client.set_conn_start([&](net_connection &) { ++starts; });
    self_connect_fault fault;
    client.start();
    ASSERT_TRUE(run_until(loop, [&] { return log.count("nobody but ourselves") > 0; }));
    EXPECT_EQ(starts, 0);
    EXPECT_FALSE(client.connected());
}

}  // namespace
}  // namespace lars
