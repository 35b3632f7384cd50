// Sending through a server: from any thread, to any connection, to peers that do
// not read.
#include "net_support.h"
#include "thread_queue.h"

namespace lars {
namespace {

using namespace test;

// A server that knows the ids of its connections, in the order of their start.
struct known_ids : running_server {
    explicit known_ids(const tcp_server_options &options = {}) : running_server(options)
    {
        server.set_conn_start([this](net_connection &conn) {
            std::lock_guard<std::mutex> lock(mutex);
            ids.push_back(conn.id());
        });
    }
    // Connects, and tells the id.
    wire_peer connect_as(uint64_t *id)
    {
        wire_peer peer = connect();
        EXPECT_TRUE(echoes(peer));
        std::lock_guard<std::mutex> lock(mutex);
        *id = ids.back();
        return peer;
    }
    std::mutex mutex;
    std::vector<uint64_t> ids;
};

TEST(TcpServerSend, Trap_R22_TwoThreadsSendWholeFramesEachInOrder)
{
    for (const int threads : {0, 2}) {
        known_ids s(with_threads(threads));
        s.start();
        uint64_t id = 0;
        wire_peer peer = s.connect_as(&id);
        constexpr unsigned count = 1000;
        std::vector<std::thread> senders;
        for (unsigned t = 0; t < 2; ++t) {
            senders.emplace_back([&, t] {
                for (unsigned i = 0; i < count; ++i) {
                    const std::string body = pattern(i % 700, t + i);
                    EXPECT_EQ(s.server.send_message(id, body.data(), body.size(),
                                                    static_cast<int>(t * count + i)),
                              send_result::ok);
                }
            });
        }
        unsigned next[2] = {0, 0};
        for (unsigned i = 0; i < 2 * count; ++i) {
            const auto frame = peer.receive_frame();
            ASSERT_TRUE(frame);
            const auto number = static_cast<unsigned>(frame->msgid);
            const unsigned t = number / count;
            ASSERT_LT(t, 2u);
            ASSERT_EQ(number % count, next[t]);
            ASSERT_TRUE(frame->body == pattern(next[t] % 700, t + next[t]));
            ++next[t];
        }
        for (std::thread &sender : senders)
            sender.join();
    }
}

TEST(TcpServerSend, AMessageToAClosedConnectionGoesNowhere)
{
    known_ids s(with_threads(1));
    s.start();
    uint64_t id = 0;
    wire_peer gone = s.connect_as(&id);
    gone.close();
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
    // The next one gets its fd, and its loop.
    uint64_t next_id = 0;
    wire_peer next = s.connect_as(&next_id);
    EXPECT_NE(id, next_id);
    s.server.send_message(id, "foreign", 7, 9);
    s.server.send_message(next_id, "own", 3, 9);
    const auto frame = next.receive_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->body, "own");
    EXPECT_EQ(s.server.send_message(0xff, "x", 1, 9), send_result::closed);  // no such loop
    std::atomic<int> looked{0};
    s.server.run_in_loops([&](server_loop &here) {
        EXPECT_EQ(here.find(0xff), nullptr);
        EXPECT_EQ(here.find(id), nullptr) << "is gone";
        ++looked;
    });
    EXPECT_TRUE(wait_until([&] { return looked == 1; }));
}

TEST(TcpServerSend, Trap_R26_AMessageThatIsTooLongIsRefusedFromAnyThread)
{
    known_ids s(with_threads(1));
    s.start();
    uint64_t id = 0;
    wire_peer peer = s.connect_as(&id);
    const std::string body(70000, 'x');
    EXPECT_EQ(s.server.send_message(id, body.data(), 70000, 1), send_result::too_long);
    EXPECT_EQ(s.server.send_message(id, body.data(), 65528, 1), send_result::too_long);
    EXPECT_EQ(s.server.send_message(id, body.data(), 65527, 1), send_result::ok);
    const auto frame = peer.receive_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->body.size(), 65527u);
}

TEST(TcpServerSend, ABodyInTwoPlacesArrivesAsOne)
{
    running_server s;
    const std::string longest(65527, 'x');
    ASSERT_TRUE(
        s.server
            .add_msg_router(7,
                            [&](const char *data, uint32_t len, int, net_connection &conn) {
                                const std::string_view asked(data, len);
                                EXPECT_EQ(conn.send_joined(longest, "y", 8), send_result::too_long);
                                EXPECT_EQ(conn.send_joined(asked, "", 8), send_result::ok);
                                EXPECT_EQ(conn.send_joined("", asked, 8), send_result::ok);
                                EXPECT_EQ(conn.send_joined(asked, asked, 8), send_result::ok);
                            })
            .ok());
    s.start();
    wire_peer peer = s.connect();
    ASSERT_TRUE(peer.send_frame(7, "ab"));
    for (const char *body : {"ab", "ab", "abab"}) {
        const auto frame = peer.receive_frame();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->msgid, 8);
        EXPECT_EQ(frame->body, body);
    }
}

TEST(TcpServerSend, RunInLoopsRunsOnceInEachAndFindsItsConnections)
{
    known_ids s(with_threads(3));
    s.server.set_loop_state<size_t>(
        [made = 0]() mutable { return std::make_unique<size_t>(made++); });
    s.start();
    uint64_t ids[3];
    std::vector<wire_peer> peers;
    for (uint64_t &id : ids)
        peers.push_back(s.connect_as(&id));
    std::mutex mutex;
    std::vector<size_t> indexes;
    s.server.run_in_loops([&](server_loop &here) {
        EXPECT_TRUE(here.loop()->running_here());
        for (const uint64_t id : ids) {
            if (net_connection *conn = here.find(id)) {
                EXPECT_EQ(conn->loop(), here.loop());
                conn->send_message("pushed", 6, 5);
            }
        }
        std::lock_guard<std::mutex> lock(mutex);
        indexes.push_back(here.state<size_t>());
    });
    for (wire_peer &peer : peers) {
        const auto frame = peer.receive_frame();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->body, "pushed");
    }
    ASSERT_TRUE(wait_until([&] {
        std::lock_guard<std::mutex> lock(mutex);
        return indexes.size() == 3;
    }));
    std::sort(indexes.begin(), indexes.end());
    EXPECT_EQ(indexes, (std::vector<size_t>{0, 1, 2}));
}

// Answers message 2 with 60,000 bytes.
void add_large_answer(tcp_server &server)
{
    EXPECT_TRUE(server
                    .add_msg_router(2,
                                    [](const char *data, uint32_t len, int, net_connection &conn) {
                                        const auto seed = static_cast<unsigned>(
                                            std::stoul(std::string(data, len)));
                                        const std::string body = pattern(60000, seed);
                                        conn.send_message(body.data(), body.size(), 2);
                                    })
                    .ok());
}

TEST(TcpServerSend, Trap_R9_AClientThatReadsLateGetsEveryByteRight)
{
    tcp_server_options options = with_threads(1);
    options.limits.max_queue = 2u << 20;
    running_server s(options);
    add_large_answer(s.server);
    s.start();
    wire_peer late = s.connect();
    // 36 MB of answers: no kernel's buffers hold them.
    constexpr unsigned count = 600;
    for (unsigned i = 0; i < count; ++i)
        ASSERT_TRUE(late.send_frame(2, std::to_string(i)));
    // Others are served meanwhile, also in its loop.
    wire_peer other = s.connect();
    EXPECT_TRUE(echoes(other));
    for (unsigned i = 0; i < count; ++i) {
        const auto frame = late.receive_frame();
        ASSERT_TRUE(frame) << i;
        ASSERT_TRUE(frame->body == pattern(60000, i)) << i;
    }
    EXPECT_TRUE(echoes(late));
    EXPECT_EQ(s.server.overflows(), 0u);
}

TEST(TcpServerSend, AClientThatHasStoppedSendingStillGetsItsAnswers)
{
    running_server s(with_threads(1));
    add_large_answer(s.server);
    s.start();
    wire_peer done = s.connect();
    constexpr unsigned count = 600;
    for (unsigned i = 0; i < count; ++i)
        ASSERT_TRUE(done.send_frame(2, std::to_string(i)));
    done.end_sending();
    for (unsigned i = 0; i < count; ++i) {
        const auto frame = done.receive_frame();
        ASSERT_TRUE(frame) << i;
        ASSERT_TRUE(frame->body == pattern(60000, i)) << i;
    }
    EXPECT_TRUE(done.wait_eof());
    EXPECT_TRUE(wait_until([&] { return s.server.connections() == 0; }));
}

TEST(TcpServerSend, AQueueAboveItsLimitClosesTheConnectionAndCountsIt)
{
    tcp_server_options options = with_threads(1);
    options.limits.max_queue = 1u << 20;
    known_ids s(options);
    std::atomic<int> closes{0};
    s.server.set_conn_close([&](net_connection &) { ++closes; });
    s.start();
    uint64_t id = 0;
    wire_peer peer = s.connect_as(&id);
    const std::string body(60000, 'x');
    ASSERT_TRUE(wait_until([&] {
        s.server.send_message(id, body.data(), body.size(), 9);
        return s.server.overflows() > 0;
    }));
    ASSERT_TRUE(wait_until([&] { return closes == 1; }));
    EXPECT_EQ(s.server.connections(), 0u);
    // What is sent to it afterwards is no overflow.
    s.server.send_message(id, body.data(), body.size(), 9);
    in_loop(s.thread.loop(), [] {});
    EXPECT_TRUE(peer.wait_eof());
    EXPECT_EQ(s.server.overflows(), 1u);
}

TEST(TcpServerSend, Trap_R14_AResetWithQueuedOutputEndsTheConnection)
{
    running_server s(with_threads(1));
    add_large_answer(s.server);
    std::atomic<int> closes{0};
    s.server.set_conn_close([&](net_connection &) { ++closes; });
    s.start();
    wire_peer peer = s.connect();
    for (int i = 0; i < 600; ++i)
        ASSERT_TRUE(peer.send_frame(2, "1"));
    ASSERT_FALSE(peer.receive_bytes().empty());
    peer.reset();
    EXPECT_TRUE(wait_until([&] { return closes == 1 && s.server.connections() == 0; }));
    wire_peer other = s.connect();
    EXPECT_TRUE(echoes(other));
}

TEST(TcpServerSend, Trap_R30_ManyClientsThatDoNotReadAreBoundedEach)
{
    tcp_server_options options = with_threads(2);
    options.limits.high_water = 256u << 10;
    running_server s(options);
    add_large_answer(s.server);
    s.start();
    std::vector<wire_peer> peers;
    for (int i = 0; i < 20; ++i)
        peers.push_back(s.connect());
    const size_t before = resident_bytes();
    for (wire_peer &peer : peers) {
        for (int i = 0; i < 600; ++i)
            ASSERT_TRUE(peer.send_frame(2, "1"));
    }
    // Each has been answered as far as it goes: its loop comes to this one after.
    wire_peer others[2] = {s.connect(), s.connect()};
    EXPECT_TRUE(echoes(others[0]) && echoes(others[1]));
    if (!sanitized) {
        EXPECT_LT(resident_bytes() - before, 20 * (512u << 10));
    }
    EXPECT_EQ(s.server.connections(), 22u);
    EXPECT_EQ(s.server.overflows(), 0u);
}

}  // namespace
}  // namespace lars
