// The loop runs in the test's own thread; the other end is a plain socket.
#include "faults.h"
#include "net_support.h"
#include "udp_client.h"
#include "udp_server.h"

namespace lars {
namespace {

using namespace test;

struct UdpServer : testing::Test {
    log_recorder log;
    event_loop loop{log.sink()};
    udp_server server{&loop};
    int handled = 0;

    void SetUp() override
    {
        ASSERT_TRUE(server.add_msg_router(1, counted_echo(&handled)).ok());
        ASSERT_TRUE(server.bind(loopback()).ok());
        ASSERT_TRUE(server.start().ok());
    }
    wire_peer client()
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_udp(server.address().port));
        return peer;
    }
};

TEST_F(UdpServer, AnswersTheSender)
{
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(1, "ping"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    const auto answer = peer.receive_frame();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "ping");
    ASSERT_TRUE(peer.send_frame(1, ""));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 2; }));
    EXPECT_TRUE(peer.receive_frame());
}

TEST_F(UdpServer, EachOfManyClientsInOneBatchGetsItsOwnAnswer)
{
    std::vector<wire_peer> peers;
    for (int i = 0; i < 200; ++i)
        peers.push_back(client());
    for (size_t i = 0; i < peers.size(); ++i)
        ASSERT_TRUE(peers[i].send_frame(1, "client " + std::to_string(i)));
    const uint64_t before = loop.wakeups();
    ASSERT_TRUE(run_until(loop, [&] { return handled == 200; }));
    EXPECT_LE(loop.wakeups() - before, 10u);  // in batches
    for (size_t i = 0; i < peers.size(); ++i) {
        const auto answer = peers[i].receive_frame();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "client " + std::to_string(i));
    }
    EXPECT_EQ(server.unsent(), 0u);
}

TEST_F(UdpServer, LargeAnswersOfABatchAllLeave)
{
    std::vector<wire_peer> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(client());
        ASSERT_TRUE(peers.back().send_frame(1, pattern(60000, i)));
    }
    ASSERT_TRUE(run_until(loop, [&] { return handled == 20; }));
    for (int i = 0; i < 20; ++i) {
        const auto answer = peers[i].receive_frame();
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->body == pattern(60000, i));
    }
}

TEST_F(UdpServer, Trap_R27_BodiesAboveTheLimitAreRefused)
{
    const std::string body = pattern(65527);
    std::vector<send_result> results;
    ASSERT_TRUE(server
                    .add_msg_router(2,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        for (const size_t size : {65499u, 65500u, 65527u})
                                            results.push_back(
                                                conn.send_message(body.data(), size, 2));
                                    })
                    .ok());
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(2, "sizes"));
    ASSERT_TRUE(run_until(loop, [&] { return results.size() == 3; }));
    EXPECT_EQ(results[0], send_result::ok);
    EXPECT_EQ(results[1], send_result::too_long);
    EXPECT_EQ(results[2], send_result::too_long);
    const auto answer = peer.receive_frame();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->body == body.substr(0, 65499));

    // And one as large comes in.
    ASSERT_TRUE(peer.send_frame(1, body.substr(0, 65499)));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    const auto largest = peer.receive_frame();
    ASSERT_TRUE(largest);
    EXPECT_TRUE(largest->body == body.substr(0, 65499));
}

TEST_F(UdpServer, Trap_R28_WhatIsNoFrameIsDroppedAndCounted)
{
    wire_peer peer = client();
    // A good one before each: its header must not be read again.
    const std::string good = encode_frame(1, "");
    const std::vector<std::string> bad = {
        "",
        good.substr(0, 3),
        good.substr(0, 7),
        good + "x",                             // longer than it says
        encode_frame(1, "body").substr(0, 11),  // shorter
        from_hex("01000000 ffffffff"),          // negative
        from_hex("01000000 000000 80"),
        from_hex("01000000 f8ffffff"),
        from_hex("01000000 ffffff7f"),
    };
    int rounds = 0;
    for (const std::string &datagram : bad) {
        ASSERT_TRUE(peer.send_bytes(good));
        ASSERT_TRUE(peer.send_bytes(datagram));
        ++rounds;
        ASSERT_TRUE(run_until(loop, [&] {
            return server.malformed() == static_cast<uint64_t>(rounds) && handled == rounds;
        })) << to_hex(datagram);
        EXPECT_TRUE(peer.receive_frame());
    }
}

TEST_F(UdpServer, Trap_R24_UnknownMessagesAreCountedAndTheNextIsServed)
{
    EXPECT_FALSE(server.add_msg_router(1, echo()).ok());
    wire_peer peer = client();
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(peer.send_frame(77, "?"));
    ASSERT_TRUE(peer.send_frame(1, "known"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    EXPECT_EQ(server.unknown_messages(), 20u);
    EXPECT_LE(log.count("unknown message id 77"), 2u);
    EXPECT_EQ(server.malformed(), 0u);
}

TEST_F(UdpServer, OutsideACallbackThereIsNobodyToAnswer)
{
    EXPECT_EQ(server.send_message("x", 1, 1), send_result::closed);
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(1, "ping"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    EXPECT_EQ(server.send_message("x", 1, 1), send_result::closed);
}

TEST_F(UdpServer, ACallbackMayAnswerSeveralTimes)
{
    ASSERT_TRUE(server
                    .add_msg_router(3,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        for (int i = 0; i < 150; ++i)
                                            EXPECT_EQ(conn.send_message("more", 4, i),
                                                      send_result::ok);
                                        ++handled;
                                    })
                    .ok());
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(3, "?"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    for (int i = 0; i < 150; ++i) {
        const auto answer = peer.receive_frame();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->msgid, i);
    }
}

TEST_F(UdpServer, ItsParamIsOneForAllSenders)
{
    std::vector<endpoint> senders;
    std::vector<net_connection *> objects;
    ASSERT_TRUE(server
                    .add_msg_router(2,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        if (!conn.param.has_value())
                                            conn.param = 0;
                                        ++*std::any_cast<int>(&conn.param);
                                        senders.push_back(conn.peer());
                                        objects.push_back(&conn);
                                    })
                    .ok());
    wire_peer peers[2] = {client(), client()};
    for (wire_peer &peer : peers)
        ASSERT_TRUE(peer.send_frame(2, ""));
    ASSERT_TRUE(run_until(loop, [&] { return senders.size() == 2; }));
    EXPECT_NE(senders[0], senders[1]);
    EXPECT_EQ(objects, std::vector<net_connection *>(2, &server));
    EXPECT_EQ(std::any_cast<int>(server.param), 2);
    EXPECT_EQ(server.id(), 0u);
}

TEST_F(UdpServer, AfterAStopInACallbackNothingMoreIsDelivered)
{
    ASSERT_TRUE(server
                    .add_msg_router(
                        4, [&](const char *, uint32_t, int, net_connection &) { server.stop(); })
                    .ok());
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(4, "stop"));
    ASSERT_TRUE(peer.send_frame(1, "too late"));
    run_rounds(loop);
    EXPECT_EQ(handled, 0);
}

TEST_F(UdpServer, Trap_R29_APortInUseIsAnErrorThatNamesIt)
{
    udp_server other(&loop);
    const status bound = other.bind(server.address());
    EXPECT_FALSE(bound.ok());
    EXPECT_NE(bound.message().find(server.address().to_string()), std::string::npos);
    // What is not bound cannot start, and the loop is none the worse.
    EXPECT_FALSE(other.start().ok());
    wire_peer peer = client();
    ASSERT_TRUE(peer.send_frame(1, "ping"));
    EXPECT_TRUE(run_until(loop, [&] { return handled == 1; }));
}

TEST_F(UdpServer, AnswersToAClientThatIsGoneDisturbNobody)
{
    for (int i = 0; i < 5; ++i) {
        wire_peer gone = client();
        ASSERT_TRUE(gone.send_frame(1, "x"));
        gone.close();
        wire_peer peer = client();
        ASSERT_TRUE(peer.send_frame(1, "ping"));
        ASSERT_TRUE(run_until(loop, [&] { return handled == 2 * (i + 1); }));
        EXPECT_TRUE(peer.receive_frame());
    }
}

TEST(UdpClient, ExchangesMessagesWithItsServer)
{
    event_loop loop(no_log());
    wire_peer server;
    ASSERT_TRUE(server.listen_udp());
    udp_client client(&loop, loopback(server.port()));
    std::vector<std::string> answers;
    ASSERT_TRUE(client
                    .add_msg_router(2,
                                    [&](const char *data, uint32_t len, int, net_connection &conn) {
                                        EXPECT_EQ(conn.peer(), loopback(server.port()));
                                        answers.emplace_back(data, len);
                                    })
                    .ok());
    EXPECT_FALSE(client.add_msg_router(2, echo()).ok());
    EXPECT_EQ(client.send_message("early", 5, 1), send_result::closed);
    ASSERT_TRUE(client.start().ok());
    EXPECT_EQ(client.send_message("ask", 3, 1), send_result::ok);
    const auto asked = server.receive_frame();
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->body, "ask");
    EXPECT_EQ(client.send_joined("as", "k", 1), send_result::ok);
    const auto again = server.receive_frame();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, "ask");

    ASSERT_TRUE(server.send_frame(9, "unknown"));
    ASSERT_TRUE(server.send_bytes("abc"));
    ASSERT_TRUE(server.send_frame(2, "answer"));
    ASSERT_TRUE(run_until(loop, [&] { return answers.size() == 1; }));
    EXPECT_EQ(answers[0], "answer");
    EXPECT_EQ(client.malformed(), 1u);

    const std::string body(65527, 'x');
    EXPECT_EQ(client.send_message(body.data(), 65499, 1), send_result::ok);
    EXPECT_EQ(client.send_message(body.data(), 65500, 1), send_result::too_long);
    EXPECT_EQ(client.send_message(body.data(), 65527, 1), send_result::too_long);
    EXPECT_EQ(client.send_joined({body.data(), 65499}, "x", 1), send_result::too_long);
    client.close();
    EXPECT_EQ(client.send_message("late", 4, 1), send_result::closed);
}

TEST(UdpClient, CloseEndsItAndStartOpensAnotherSocketWithTheSameParam)
{
    event_loop loop(no_log());
    udp_server server(&loop);
    ASSERT_TRUE(server.add_msg_router(1, echo()).ok());
    ASSERT_TRUE(server.bind(loopback()).ok());
    ASSERT_TRUE(server.start().ok());
    udp_client client(&loop, server.address());
    int answers = 0;
    ASSERT_TRUE(client
                    .add_msg_router(1,
                                    [&](const char *, uint32_t, int, net_connection &conn) {
                                        EXPECT_EQ(std::any_cast<std::string>(conn.param), "mine");
                                        ++answers;
                                    })
                    .ok());
    client.param = std::string("mine");
    EXPECT_EQ(client.send_message("x", 1, 1), send_result::closed);
    for (const int round : {1, 2}) {
        ASSERT_TRUE(client.start().ok());
        EXPECT_EQ(client.send_message("x", 1, 1), send_result::ok);
        ASSERT_TRUE(run_until(loop, [&] { return answers == round; }));
        client.close();
        EXPECT_EQ(client.send_message("x", 1, 1), send_result::closed);
    }
    EXPECT_EQ(client.id(), 0u);
}

TEST(UdpClient, HearsNobodyButItsServer)
{
    event_loop loop(no_log());
    wire_peer server;
    ASSERT_TRUE(server.listen_udp());
    udp_client client(&loop, loopback(server.port()));
    std::string heard;
    ASSERT_TRUE(client
                    .add_msg_router(2, [&](const char *data, uint32_t len, int,
                                           net_connection &) { heard += std::string(data, len); })
                    .ok());
    ASSERT_TRUE(client.start().ok());
    ASSERT_EQ(client.send_message("hello", 5, 1), send_result::ok);
    ASSERT_TRUE(server.receive_frame());
    wire_peer stranger;
    ASSERT_TRUE(stranger.connect_udp(server.other_port()));
    stranger.send_frame(2, "forged ");
    ASSERT_TRUE(server.send_frame(2, "true"));
    ASSERT_TRUE(run_until(loop, [&] { return !heard.empty(); }));
    EXPECT_EQ(heard, "true");
}

TEST(UdpClient, AServerThatIsAwayIsAskedAgainWhenItIsBack)
{
    event_loop loop(no_log());
    wire_peer server;
    ASSERT_TRUE(server.listen_udp());
    const uint16_t port = server.port();
    server.close();
    udp_client client(&loop, loopback(port));
    ASSERT_TRUE(client.start().ok());
    for (int i = 0; i < 10; ++i) {
        client.send_message("x", 1, 1);
        run_rounds(loop, 3);
    }
    ASSERT_TRUE(server.listen_udp(port));
    run_rounds(loop);
    EXPECT_TRUE(run_until(loop, [&] {
        client.send_message("back", 4, 1);
        return server.receive_frame(milliseconds(5)).has_value();
    }));
}

}  // namespace
}  // namespace lars
