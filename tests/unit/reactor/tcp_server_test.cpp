// A server with its loops in threads of their own, as seen by plain clients.
#include "tcp_server.h"

#include <netinet/tcp.h>
#include <sys/stat.h>

#include <map>
#include <set>

#include "faults.h"
#include "net_support.h"

namespace lars {
namespace {

using namespace test;

TEST(TcpServer, Trap_R1_NoAcceptErrorEndsTheServer)
{
    running_server s;
    s.start();
    wire_peer first = s.connect();
    ASSERT_TRUE(echoes(first));
    for (const int error : {ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN, EHOSTUNREACH, ETIMEDOUT,
                            EOPNOTSUPP, ENOBUFS, ENOMEM, EMFILE, ENFILE}) {
        accept_fault fault(error, 3);
        wire_peer peer = s.connect();
        if (!echoes(peer)) {  // turned away, as the process was out of fds
            EXPECT_TRUE(error == EMFILE || error == ENFILE) << error;
            EXPECT_TRUE(peer.at_eof());
        }
        EXPECT_EQ(fault.left(), 0);
        wire_peer next = s.connect();
        EXPECT_TRUE(echoes(next)) << error;
    }
    EXPECT_TRUE(echoes(first));
}

TEST(TcpServer, Trap_R3_OneConnectionDoesNotBlockTheAcceptingLoop)
{
    running_server s(with_threads(2));
    std::atomic<int> ticks{0};
    s.thread.loop()->run_every(milliseconds(1), [&] { ++ticks; });
    s.start();
    wire_peer peer = s.connect();
    ASSERT_TRUE(echoes(peer));
    const int before = ticks;
    EXPECT_TRUE(wait_until([&] { return ticks > before + 10; }));
}

TEST(TcpServer, Trap_R4_TwoClientsAtOnceGetTheirOwnBytes)
{
    running_server s(with_threads(2));
    s.start();
    wire_peer a = s.connect();
    wire_peer b = s.connect();
    const int at_once = 1;
    for (const wire_peer *peer : {&a, &b})
        setsockopt(peer->fd(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    for (unsigned i = 0; i < 200; ++i) {
        const std::string of_a = pattern(200, 2 * i);
        const std::string of_b = pattern(200 + i, 2 * i + 1);
        // Each in two pieces, between each other.
        ASSERT_TRUE(a.send_bytes(encode_frame(1, of_a).substr(0, 100)));
        ASSERT_TRUE(b.send_bytes(encode_frame(1, of_b).substr(0, 100)));
        ASSERT_TRUE(a.send_bytes(encode_frame(1, of_a).substr(100)));
        ASSERT_TRUE(b.send_bytes(encode_frame(1, of_b).substr(100)));
        const auto to_a = a.receive_frame();
        const auto to_b = b.receive_frame();
        ASSERT_TRUE(to_a && to_b);
        ASSERT_TRUE(to_a->body == of_a);
        ASSERT_TRUE(to_b->body == of_b);
    }
}

TEST(TcpServer, Trap_R7_AnOutOfBandByteHarmsNothing)
{
    running_server s;
    s.start();
    wire_peer peer = s.connect();
    ASSERT_TRUE(echoes(peer));
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(send(peer.fd(), "!", 1, MSG_OOB), 1);
        EXPECT_TRUE(echoes(peer));
        // Nearly as much as one read takes, with the byte in the middle.
        const std::string frame = encode_frame(1, pattern(65527));
        ASSERT_TRUE(peer.send_bytes(frame.substr(0, 65000)));
        ASSERT_EQ(send(peer.fd(), "!", 1, MSG_OOB), 1);
        ASSERT_TRUE(peer.send_bytes(frame.substr(65000)));
        const auto answer = peer.receive_frame();
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->body == pattern(65527));
    }
}

TEST(TcpServer, Trap_R8_AnEmptyBodyIsAnswered)
{
    running_server s;
    s.start();
    wire_peer peer = s.connect();
    EXPECT_TRUE(echoes(peer, ""));
    EXPECT_TRUE(echoes(peer, std::string(65527, 'x')));
}

TEST(TcpServer, ABadLengthClosesThatConnectionOnly)
{
    running_server s;
    s.start();
    wire_peer other = s.connect();
    for (const std::string length : {"ffffffff", "f8ff0000", "00000080"}) {
        wire_peer peer = s.connect();
        ASSERT_TRUE(peer.send_bytes(from_hex("01000000" + length)));
        EXPECT_TRUE(peer.wait_eof());
        EXPECT_FALSE(peer.receive_frame(milliseconds(0)));
    }
    EXPECT_TRUE(echoes(other));
}

// The hook runs where the number of the closed connection is the lowest free one.
TEST(TcpServer, Trap_R13_AFileOpenedInTheCloseHookStaysAFile)
{
    running_server s;
    std::atomic<int> file{-1};
    s.server.set_conn_close(
        [&](net_connection &) { file = open("/proc/self/status", O_RDONLY | O_CLOEXEC); });
    s.start();
    wire_peer peer = s.connect();
    ASSERT_TRUE(echoes(peer));
    peer.close();
    ASSERT_TRUE(wait_until([&] { return file >= 0; }));
    const unique_fd owner(file);

    std::vector<wire_peer> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(s.connect());
        EXPECT_TRUE(echoes(peers.back()));
    }
    struct stat what {};
    ASSERT_EQ(fstat(owner.get(), &what), 0);
    EXPECT_TRUE(S_ISREG(what.st_mode));
    char text[5];
    EXPECT_EQ(read(owner.get(), text, 5), 5);
    EXPECT_EQ(std::string(text, 5), "Name:");
}

TEST(TcpServer, Trap_R17_TheConnectionLimitHoldsForAnyFdNumber)
{
    tcp_server_options options;
    options.max_connections = 2;
    std::vector<unique_fd> fillers;
    for (int i = 0; i < 100; ++i)
        fillers.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    running_server s(options);
    s.start();
    wire_peer a = s.connect();
    wire_peer b = s.connect();
    ASSERT_TRUE(echoes(a) && echoes(b));
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(s.connect().wait_eof());
    EXPECT_EQ(s.server.refused(), 5u);
    EXPECT_EQ(s.log.count("refused"), 1u);
    EXPECT_TRUE(echoes(a) && echoes(b));
    a.close();
    ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
    wire_peer c = s.connect();
    EXPECT_TRUE(echoes(c));
}

TEST(TcpServer, Trap_R18_ABurstOfTwiceTheLimitIsCutExactly)
{
    tcp_server_options options = with_threads(3);
    options.max_connections = 60;
    running_server s(options);
    std::atomic<int> open_now{0};
    std::atomic<int> starts{0};
    s.server.set_conn_start([&](net_connection &) {
        ++starts;
        EXPECT_LE(++open_now, 60);
    });
    s.server.set_conn_close([&](net_connection &) { --open_now; });
    s.start();
    // All of them wait to be accepted at once.
    std::promise<void> release;
    s.thread.loop()->add_task([&] { release.get_future().wait(); });
    std::vector<wire_peer> peers;
    for (int i = 0; i < 120; ++i)
        peers.push_back(s.connect());
    release.set_value();
    int served = 0;
    for (wire_peer &peer : peers)
        served += echoes(peer);
    EXPECT_EQ(served, 60);
    EXPECT_EQ(starts, 60);
    EXPECT_EQ(s.server.refused(), 60u);
    EXPECT_EQ(s.server.connections(), 60u);
}

std::vector<int> spread(int threads, int connections)
{
    running_server s(with_threads(threads));
    std::mutex mutex;
    std::map<event_loop *, int> counts;
    std::set<size_t> indexes;
    s.server.set_conn_start([&](net_connection &conn) {
        std::lock_guard<std::mutex> lock(mutex);
        EXPECT_TRUE(conn.loop()->in_loop_thread());
        ++counts[conn.loop()];
        indexes.insert(s.server.loop_state<size_t>(conn));
    });
    size_t loops = 0;
    s.server.set_loop_state<size_t>([&] { return std::make_unique<size_t>(loops++); });
    s.start();
    EXPECT_EQ(loops, static_cast<size_t>(std::max(threads, 1)));
    std::vector<wire_peer> peers;
    for (int i = 0; i < connections; ++i) {
        peers.push_back(s.connect());
        EXPECT_TRUE(echoes(peers.back()));
    }
    std::lock_guard<std::mutex> lock(mutex);
    EXPECT_EQ(indexes.size(), counts.size());
    std::vector<int> result;
    for (const auto &[loop, count] : counts) {
        EXPECT_EQ(loop == s.thread.loop(), threads == 0);
        result.push_back(count);
    }
    return result;
}

TEST(TcpServer, Trap_R19_SixConnectionsOnThreeLoopsAreTwoTwoTwo)
{
    EXPECT_EQ(spread(3, 6), (std::vector<int>{2, 2, 2}));
}

TEST(TcpServer, Trap_R20_WithoutThreadsAllRunsInTheAcceptingLoop)
{
    EXPECT_EQ(spread(0, 6), (std::vector<int>{6}));
}

TEST(TcpServer, Trap_R24_AnUnknownMessageLeavesTheConnectionOpen)
{
    running_server s;
    EXPECT_FALSE(s.server.add_msg_router(1, echo()).ok());
    s.start();
    wire_peer peer = s.connect();
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(peer.send_frame(12345, "?"));
    EXPECT_TRUE(echoes(peer));
    EXPECT_EQ(s.server.unknown_messages(), 100u);
    EXPECT_LE(s.log.count("unknown message id 12345"), 5u);  // about one a second
}

TEST(TcpServer, Trap_R25_TwoServersInOneProcessAreIndependent)
{
    tcp_server_options one;
    one.max_connections = 1;
    running_server a(one);
    running_server b(with_threads(2));
    std::atomic<int> starts_of_a{0};
    std::atomic<int> starts_of_b{0};
    a.server.set_conn_start([&](net_connection &) { ++starts_of_a; });
    b.server.set_conn_start([&](net_connection &) { ++starts_of_b; });
    ASSERT_TRUE(b.server.add_msg_router(2, echo()).ok());
    a.start();
    b.start();
    wire_peer to_a = a.connect();
    ASSERT_TRUE(echoes(to_a));
    std::vector<wire_peer> to_b;
    for (int i = 0; i < 3; ++i) {
        to_b.push_back(b.connect());
        ASSERT_TRUE(to_b.back().send_frame(2, "only b"));
        EXPECT_TRUE(to_b.back().receive_frame());
    }
    EXPECT_TRUE(a.connect().wait_eof());
    ASSERT_TRUE(to_a.send_frame(2, "only b"));
    EXPECT_TRUE(echoes(to_a));
    EXPECT_EQ(a.server.unknown_messages(), 1u);
    EXPECT_EQ(b.server.unknown_messages(), 0u);
    EXPECT_EQ(starts_of_a, 1);
    EXPECT_EQ(starts_of_b, 3);
    EXPECT_EQ(a.server.refused(), 1u);
    EXPECT_EQ(b.server.refused(), 0u);
}

TEST(TcpServer, Trap_R29_APortInUseIsAnErrorThatNamesIt)
{
    running_server s;
    s.start();
    event_loop loop(no_log());
    tcp_server other(&loop);
    const status bound = other.bind(loopback(s.port));
    EXPECT_FALSE(bound.ok());
    EXPECT_NE(bound.message().find(loopback(s.port).to_string()), std::string::npos)
        << bound.message();
    EXPECT_FALSE(other.start().ok());
}

TEST(TcpServer, Trap_R29_APortThatSomeoneElseListensOnSinceIsAnErrorAtTheStart)
{
    event_loop loop(no_log());
    tcp_server server(&loop);
    ASSERT_TRUE(server.bind(loopback()).ok());
    wire_peer rival;
    ASSERT_TRUE(rival.listen_tcp(server.address().port));
    const status started = server.start();
    EXPECT_FALSE(started.ok());
    EXPECT_NE(started.message().find(server.address().to_string()), std::string::npos);
}

TEST(TcpServer, BoundButNotStartedItRefusesConnections)
{
    event_loop loop(no_log());
    tcp_server server(&loop);
    ASSERT_TRUE(server.bind(loopback()).ok());
    EXPECT_NE(server.address().port, 0);
    wire_peer peer;
    EXPECT_FALSE(peer.connect_tcp(server.address().port));
    ASSERT_TRUE(server.start().ok());
    EXPECT_TRUE(peer.connect_tcp(server.address().port));
}

TEST(TcpServer, RefusesAnImpossibleNumberOfThreads)
{
    for (const int threads : {-1, 256}) {
        event_loop loop(no_log());
        tcp_server server(&loop, with_threads(threads));
        ASSERT_TRUE(server.bind(loopback()).ok());
        const status started = server.start();
        EXPECT_FALSE(started.ok());
        EXPECT_NE(started.message().find(std::to_string(threads)), std::string::npos);
    }
}

}  // namespace
}  // namespace lars
