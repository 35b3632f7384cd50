// The loop runs in the test's own thread; the other end is a plain socket.
#include "tcp_client.h"

#include <csignal>

#include "faults.h"
#include "free_port.h"
#include "net_support.h"
#include "sockets.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

tcp_client_options quick()
{
    tcp_client_options options;
    options.connect_timeout = 50ms;
    options.first_backoff = 2ms;
    options.longest_backoff = 10ms;
    return options;
}

struct client_test : testing::Test {
    log_recorder log;
    event_loop loop{log.sink()};
    wire_peer listener;
    std::unique_ptr<tcp_client> client;
    int starts = 0;
    int closes = 0;
    std::vector<wire_frame> frames;

    void make(const std::vector<server_address> &servers,
              const tcp_client_options &options = quick())
    {
        client = std::make_unique<tcp_client>(&loop, "test", servers, options);
        client->set_conn_start([this](net_connection &) { ++starts; });
        client->set_conn_close([this](net_connection &) { ++closes; });
        EXPECT_TRUE(client
                        ->add_msg_router(
                            1,
                            [this](const char *data, uint32_t len, int msgid, net_connection &) {
                                frames.push_back({msgid, std::string(data, len)});
                            })
                        .ok());
    }
    // Listens, connects and gives the other end.
    wire_peer connected()
    {
        EXPECT_TRUE(listener.listen_tcp());
        make({loopback(listener.port())});
        client->start();
        return next_connection(1);
    }
    // Time for several tries.
    void let_it_try()
    {
        bool over = false;
        loop.run_after(60ms, [&] { over = true; });
        ASSERT_TRUE(run_until(loop, [&] { return over; }));
    }
    wire_peer next_connection(int nth)
    {
        EXPECT_TRUE(run_until(loop, [&] { return starts == nth; }));
        auto peer = listener.accept();
        EXPECT_TRUE(peer.has_value());
        return peer ? std::move(*peer) : wire_peer();
    }
};

using TcpClient = client_test;

TEST_F(TcpClient, SendsAndReceives)
{
    wire_peer peer = connected();
    EXPECT_TRUE(client->connected());
    EXPECT_EQ(client->peer(), loopback(listener.port()));
    EXPECT_EQ(client->local(), loopback(peer.other_port()));
    EXPECT_EQ(client->send_message("hello", 5, 7), send_result::ok);
    const auto sent = peer.receive_frame();
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->body, "hello");
    peer.send_bytes(encode_frame(99, "unknown") + encode_frame(1, "known"));
    ASSERT_TRUE(run_until(loop, [&] { return frames.size() == 1; }));
    EXPECT_EQ(frames[0].body, "known");
    EXPECT_EQ(log.count("unknown message id 99"), 1u);
    const std::string body(70000, 'x');
    EXPECT_EQ(client->send_message(body.data(), body.size(), 1), send_result::too_long);
}

TEST_F(TcpClient, WithoutAConnectionNothingIsSentOrKept)
{
    make({loopback(free_port())});
    EXPECT_FALSE(client->connected());
    EXPECT_EQ(client->send_message("x", 1, 1), send_result::closed);
    client->close();
    client->start();
    EXPECT_EQ(client->send_message("x", 1, 1), send_result::closed);
}

TEST_F(TcpClient, Trap_R15_AServerThatIsNotThereYetIsTriedAgain)
{
    const uint16_t port = free_port();
    make({loopback(port)});
    client->start();
    // Some tries fail before there is a server.
    let_it_try();
    EXPECT_EQ(starts, 0);
    EXPECT_EQ(log.count("cannot connect"), 1u);  // once, not for each try
    ASSERT_TRUE(listener.listen_tcp(port));
    wire_peer peer = next_connection(1);
    EXPECT_EQ(closes, 0);
}

TEST_F(TcpClient, Trap_R15_ARestartMidFrameLeavesCleanBuffers)
{
    wire_peer peer = connected();
    for (int restart = 1; restart <= 3; ++restart) {
        peer.send_bytes(encode_frame(1, "lost") + encode_frame(1, pattern(3000)).substr(0, 1000));
        ASSERT_TRUE(run_until(loop, [&] { return frames.size() == 1; }));
        {
            // Something is left to be sent, too.
            send_fault full([](size_t size) { return size / 2; });
            EXPECT_EQ(client->send_message("half", 4, 2), send_result::ok);
        }
        peer.reset();
        frames.clear();
        peer = next_connection(restart + 1);
        EXPECT_EQ(closes, restart);
        EXPECT_TRUE(peer.send_frame(1, "fresh"));
        ASSERT_TRUE(run_until(loop, [&] { return frames.size() == 1; }));
        EXPECT_EQ(frames[0].body, "fresh");
        frames.clear();
        EXPECT_EQ(client->send_message("first", 5, 3), send_result::ok);
        const auto first = peer.receive_frame();
        ASSERT_TRUE(first);
        EXPECT_EQ(first->msgid, 3);
    }
}

TEST_F(TcpClient, GoesThroughItsAddressesUntilOneAnswers)
{
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(free_port()), {0, 0}, loopback(listener.port())});
    client->start();
    wire_peer peer = next_connection(1);
    EXPECT_EQ(client->peer(), loopback(listener.port()));
}

TEST_F(TcpClient, CloseGoesOnToTheNextAddress)
{
    wire_peer second;
    ASSERT_TRUE(second.listen_tcp());
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(listener.port()), loopback(second.port())});
    client->start();
    wire_peer peer = next_connection(1);
    client->close();
    EXPECT_EQ(closes, 0);
    ASSERT_TRUE(run_until(loop, [&] { return starts == 2; }));
    EXPECT_EQ(closes, 1);
    EXPECT_TRUE(peer.wait_eof());
    EXPECT_TRUE(second.accept().has_value());
    EXPECT_EQ(client->peer(), loopback(second.port()));
}

// A listening socket that is full lets a connect wait for an answer.
TEST_F(TcpClient, ItsParamStaysWhenTheConnectionIsLost)
{
    wire_peer peer = connected();
    client->param = std::string("mine");
    peer.close();
    wire_peer next = next_connection(2);
    EXPECT_EQ(closes, 1);
    EXPECT_EQ(std::any_cast<std::string>(client->param), "mine");
    EXPECT_EQ(client->id(), 0u);
}

TEST_F(TcpClient, AConnectThatGetsNoAnswerEndsInTime)
{
    const int full = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const unique_fd owner(full);
    sockaddr_in any = loopback().to_sockaddr();
    ASSERT_EQ(bind(full, reinterpret_cast<sockaddr *>(&any), sizeof any), 0);
    ASSERT_EQ(listen(full, 0), 0);
    const uint16_t port = local_address(full).port;
    std::vector<wire_peer> fillers;
    do {
        fillers.emplace_back();
        ASSERT_LT(fillers.size(), 10u);
    } while (fillers.back().connect_tcp(port, "127.0.0.1", 200ms));

    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(port), loopback(listener.port())});
    client->start();
    wire_peer peer = next_connection(1);
    EXPECT_EQ(log.count("no answer"), 1u);
}

TEST_F(TcpClient, ConnectingToItselfIsNoConnection)
{
    const uint16_t port = free_port();
    make({loopback(port)});
    {
        self_connect_fault fault;
        client->start();
        ASSERT_TRUE(run_until(loop, [&] { return log.count("nobody but ourselves") > 0; }));
        EXPECT_EQ(starts, 0);
        EXPECT_FALSE(client->connected());
    }
    ASSERT_TRUE(listener.listen_tcp(port));
    wire_peer peer = next_connection(1);
}

TEST_F(TcpClient, WhatTheStartHookSendsLeavesInOneWrite)
{
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(listener.port())});
    size_t sends = 0;
    client->set_conn_start([&](net_connection &conn) {
        ++starts;
        sends = sends_of_this_thread();
        for (int i = 0; i < 10; ++i)
            EXPECT_EQ(conn.send_message("subscribe", 9, i), send_result::ok);
    });
    client->start();
    wire_peer peer = next_connection(1);
    EXPECT_EQ(sends_of_this_thread() - sends, 1u);
    for (int i = 0; i < 10; ++i) {
        const auto frame = peer.receive_frame();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->msgid, i);
    }
}

// SIGPIPE would end the child before it says 0.
TEST_F(TcpClient, Trap_R16_WritingToAResetSocketDoesNotKillTheProcess)
{
    EXPECT_EXIT(
        {
            signal(SIGPIPE, SIG_DFL);
            wire_peer peer = connected();
            peer.close();
            bool refused = false;
            for (int i = 0; i < 100000 && !refused; ++i)
                refused = client->send_message("x", 1, 1) == send_result::closed;
            const bool back = refused && next_connection(2).fd() >= 0;
            _exit(back && !HasFailure() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST_F(TcpClient, StopClosesForGood)
{
    wire_peer peer = connected();
    client->stop();
    EXPECT_FALSE(client->connected());
    EXPECT_EQ(client->send_message("x", 1, 1), send_result::closed);
    run_rounds(loop);
    EXPECT_TRUE(peer.wait_eof());
    client->stop();
    let_it_try();
    EXPECT_EQ(starts, 1);
    EXPECT_EQ(closes, 0);
}

TEST_F(TcpClient, AStopInTheCloseHookIsForGood)
{
    wire_peer peer = connected();
    client->set_conn_close([this](net_connection &) {
        ++closes;
        client->stop();
    });
    peer.close();
    ASSERT_TRUE(run_until(loop, [&] { return closes == 1; }));
    let_it_try();
    EXPECT_EQ(starts, 1);
    EXPECT_FALSE(listener.accept(0ms).has_value());
}

TEST_F(TcpClient, AfterAStopInACallbackNothingMoreIsDelivered)
{
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(listener.port())});
    ASSERT_TRUE(client
                    ->add_msg_router(2, [this](const char *, uint32_t, int,
                                               net_connection &) { client->stop(); })
                    .ok());
    client->start();
    wire_peer peer = next_connection(1);
    peer.send_bytes(encode_frame(1, "a") + encode_frame(2, "stop") + encode_frame(1, "b"));
    EXPECT_TRUE(run_until(loop, [&] { return frames.size() == 1 && !client->connected(); }));
    run_rounds(loop);
    EXPECT_EQ(frames.size(), 1u);
    EXPECT_EQ(closes, 0);
    EXPECT_TRUE(peer.wait_eof());
}

TEST_F(TcpClient, AStopInTheStartHookIsForGood)
{
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(listener.port())});
    client->set_conn_start([this](net_connection &conn) {
        ++starts;
        conn.send_message("x", 1, 1);
        client->stop();
    });
    client->start();
    wire_peer peer = next_connection(1);
    EXPECT_TRUE(peer.wait_eof());
    run_rounds(loop);
    EXPECT_EQ(closes, 0);
    EXPECT_FALSE(client->connected());
}

// Both have something to read when the loop looks, and the first destroys the
// second, whatever the order.
TEST_F(TcpClient, MayBeDestroyedWhileItsOwnEventWaits)
{
    ASSERT_TRUE(listener.listen_tcp());
    int received = 0;
    std::unique_ptr<tcp_client> clients[2];
    std::vector<wire_peer> peers;
    for (int i = 0; i < 2; ++i) {
        clients[i] = std::make_unique<tcp_client>(
            &loop, "test", std::vector<server_address>{loopback(listener.port())}, quick());
        ASSERT_TRUE(clients[i]
                        ->add_msg_router(1,
                                         [&, i](const char *, uint32_t, int, net_connection &) {
                                             ++received;
                                             clients[1 - i].reset();
                                         })
                        .ok());
        clients[i]->start();
        ASSERT_TRUE(run_until(loop, [&] { return clients[i]->connected(); }));
        auto peer = listener.accept();
        ASSERT_TRUE(peer);
        peers.push_back(std::move(*peer));
    }
    for (wire_peer &peer : peers)
        ASSERT_TRUE(peer.send_frame(1, "x"));
    run_rounds(loop);
    EXPECT_EQ(received, 1);
    EXPECT_EQ((clients[0] ? 1 : 0) + (clients[1] ? 1 : 0), 1);
}

TEST_F(TcpClient, MayBeGivenToDestroyLaterInItsOwnCallback)
{
    ASSERT_TRUE(listener.listen_tcp());
    make({loopback(listener.port())});
    bool called = false;
    ASSERT_TRUE(client
                    ->add_msg_router(2,
                                     [&](const char *, uint32_t, int, net_connection &) {
                                         called = true;
                                         client->stop();
                                         loop.destroy_later(std::move(client));
                                     })
                    .ok());
    client->start();
    wire_peer peer = next_connection(1);
    ASSERT_TRUE(peer.send_frame(2, "x"));
    ASSERT_TRUE(run_until(loop, [&] { return called; }));
    run_rounds(loop);
    EXPECT_TRUE(peer.wait_eof());
}

}  // namespace
}  // namespace lars
