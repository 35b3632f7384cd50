// Who may come in, and who may stay: allowed addresses, connections of one address, peers that say
// nothing, and the memory of all connections together.
#include "address_counts.h"
#include "message.h"
#include "net_support.h"
#include "udp_server.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

ip_ranges ranges(const std::string &text)
{
    ip_ranges found;
    EXPECT_TRUE(ip_ranges::parse(text, &found).ok());
    return found;
}

TEST(Allow, OthersAreClosedCountedAndLoggedAtALimitedRate)
{
    for (const int threads : {0, 2}) {
        tcp_server_options options = with_threads(threads);
        options.allow = ranges("127.0.0.2, 127.8.0.0/16");
        running_server s(options);
        s.start();
        for (int i = 1; i <= 20; ++i) {
            wire_peer stranger = s.connect();  // from 127.0.0.1
            EXPECT_TRUE(stranger.wait_eof());
            EXPECT_EQ(s.server.not_allowed(), static_cast<uint64_t>(i));
        }
        EXPECT_EQ(s.server.connections(), 0u);
        EXPECT_EQ(s.server.refused(), 0u);
        EXPECT_GE(s.log.count("its address is not allowed"), 1u);
        EXPECT_LT(s.log.count("its address is not allowed"), 15u);
    }
}

TEST(Allow, ThoseWhoAreNamedAreServed)
{
    tcp_server_options options;
    options.allow = ranges("10.0.0.0/8, 127.0.0.1");
    running_server s(options);
    s.start();
    wire_peer peer = s.connect();
    EXPECT_TRUE(echoes(peer));
    EXPECT_EQ(s.server.not_allowed(), 0u);
}

TEST(Allow, OfUdpDropsOthersUnread)
{
    log_recorder log;
    event_loop loop(log.sink());
    udp_server server(&loop);
    int handled = 0;
    ASSERT_TRUE(server.add_msg_router(1, counted_echo(&handled)).ok());
    server.set_allowed(ranges("127.0.0.2"));
    ASSERT_TRUE(server.bind({INADDR_ANY, 0}).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer stranger;
    ASSERT_TRUE(stranger.connect_udp(server.address().port));
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(i % 2 ? stranger.send_frame(1, "x") : stranger.send_bytes("no frame"));
    ASSERT_TRUE(run_until(loop, [&] { return server.not_allowed() == 20; }));
    EXPECT_EQ(server.malformed(), 0u);
    EXPECT_EQ(handled, 0);
    EXPECT_LE(log.count("its address is not allowed"), 2u);

    // This machine asks itself at 127.0.0.2, and so from there.
    wire_peer friendly;
    ASSERT_TRUE(friendly.connect_udp(server.address().port, "127.0.0.2"));
    const auto own = endpoint{INADDR_LOOPBACK + 1, 0}.to_sockaddr();
    const unique_fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr *>(&own), sizeof own), 0);
    const auto to = server.address().to_sockaddr();
    const std::string frame = encode_frame(1, "hello");
    ASSERT_GT(sendto(fd.get(), frame.data(), frame.size(), 0,
                     reinterpret_cast<const sockaddr *>(&to), sizeof to),
              0);
    EXPECT_TRUE(run_until(loop, [&] { return handled == 1; }));
}

TEST(PerAddress, CountsComeAndGo)
{
    address_counts counts;
    EXPECT_TRUE(counts.enter(1, 2));
    EXPECT_TRUE(counts.enter(1, 2));
    EXPECT_FALSE(counts.enter(1, 2));
    EXPECT_TRUE(counts.enter(2, 2));
    counts.leave(1);
    EXPECT_TRUE(counts.enter(1, 2));
    EXPECT_FALSE(counts.enter(1, 2));
    for (const uint32_t ip : {1, 1, 2})
        counts.leave(ip);
    EXPECT_EQ(counts.size(), 0u);
}

TEST(PerAddress, OneMoreIsRefusedUntilOneGoes)
{
    for (const int threads : {0, 2}) {
        tcp_server_options options = with_threads(threads);
        options.max_per_address = 3;
        options.unlimited_addresses = {};
        running_server s(options);
        s.start();
        std::vector<wire_peer> peers;
        for (int i = 0; i < 3; ++i) {
            peers.push_back(s.connect());
            EXPECT_TRUE(echoes(peers.back()));
        }
        for (int i = 1; i <= 10; ++i) {
            wire_peer refused = s.connect();
            EXPECT_TRUE(refused.wait_eof());
            EXPECT_EQ(s.server.refused_per_address(), static_cast<uint64_t>(i));
        }
        EXPECT_EQ(s.server.refused(), 0u);
        EXPECT_GE(s.log.count("so many connections from its address, max = 3"), 1u);
        EXPECT_LT(s.log.count("so many connections from its address"), 10u);
        peers.pop_back();
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 2; }));
        peers.push_back(s.connect());
        EXPECT_TRUE(echoes(peers.back()));
    }
}

TEST(PerAddress, DoesNotHoldForThisMachine)
{
    tcp_server_options options;
    options.max_per_address = 1;
    running_server s(options);
    s.start();
    std::vector<wire_peer> peers;
    for (int i = 0; i < 5; ++i) {
        peers.push_back(s.connect());
        EXPECT_TRUE(echoes(peers.back()));
    }
    EXPECT_EQ(s.server.refused_per_address(), 0u);
}

// Silent ones, one that drips, and one that says what nobody waits for, against one that asks
// once and then only listens.
TEST(SilentTimeout, ClosesThoseThatHaveNotSentOneWholeMessage)
{
    for (const int threads : {0, 2}) {
        tcp_server_options options = with_threads(threads);
        options.silent_timeout = 800ms;
        running_server s(options);
        s.start();
        std::vector<wire_peer> outsiders;
        for (int i = 0; i < 20; ++i)
            outsiders.push_back(s.connect());
        wire_peer listener = s.connect();
        EXPECT_TRUE(echoes(listener));
        ASSERT_TRUE(outsiders[0].send_frame(77, "nobody waits for it"));
        const std::string frame = encode_frame(1, std::string(20000, 'x'));
        size_t dripped = 0;
        const auto begin = event_loop::clock::now();
        ASSERT_TRUE(wait_until([&] {
            outsiders[1].send_bytes(frame.substr(dripped++, 1));
            return s.server.silent() == 20;
        }));
        EXPECT_GE(event_loop::clock::now() - begin, 600ms);
        for (wire_peer &outsider : outsiders)
            EXPECT_TRUE(outsider.wait_eof());
        EXPECT_TRUE(echoes(listener));
        EXPECT_GE(s.log.count("it has sent no message in 800 ms"), 1u);
        EXPECT_LE(s.log.count("it has sent no message in"), 6u);

        // And those that come later are looked at, too.
        wire_peer late = s.connect();
        EXPECT_TRUE(late.wait_eof());
        EXPECT_TRUE(echoes(listener));
        EXPECT_EQ(s.server.silent(), 21u);
    }
}

TEST(SilentTimeout, OfTheLibraryIsNever)
{
    EXPECT_EQ(tcp_server_options().silent_timeout, 0ms);
    for (const milliseconds timeout : {0ms, -1ms, milliseconds::max()}) {
        tcp_server_options options;
        options.silent_timeout = timeout;
        running_server s(options);
        s.start();
        wire_peer silent = s.connect();
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
        EXPECT_FALSE(silent.wait_eof(50ms));
        EXPECT_TRUE(echoes(silent));
    }
}

// Peers that ask for much and read nothing; the other end is a plain socket.
struct memory_server : running_server {
    explicit memory_server(size_t limit, int threads = 0) : running_server(options(limit, threads))
    {
        EXPECT_TRUE(
            server
                .add_msg_router(2,
                                [this](const char *data, uint32_t, int, net_connection &conn) {
                                    const std::string body(60000, 'x');
                                    for (int32_t i = decode_int32(data); i > 0; --i)
                                        conn.send_message(body.data(), body.size(), 2);
                                    ++answered;
                                })
                .ok());
        start();
    }
    static tcp_server_options options(size_t limit, int threads)
    {
        tcp_server_options o = with_threads(threads);
        o.memory_limit = limit;
        o.limits.high_water = 64u << 20;
        o.limits.max_queue = 64u << 20;
        return o;
    }
    // Asks for so many answers of 60,000 bytes.
    static bool ask(wire_peer &peer, int32_t count)
    {
        std::string body(4, '\0');
        encode_int32(count, body.data());
        return peer.send_frame(2, body);
    }

    std::atomic<int> answered{0};
};

TEST(MemoryLimit, UnreadOutputOfAllIsBoundedAndTheOthersAreServed)
{
    constexpr size_t LIMIT = 16u << 20;
    for (const int threads : {0, 3}) {
        memory_server s(LIMIT, threads);
        std::vector<wire_peer> peers;
        for (int i = 0; i < 30; ++i)
            peers.push_back(s.connect());
        wire_peer good = s.connect();
        size_t most = 0;
        for (int round = 0; round < 10; ++round) {
            for (wire_peer &peer : peers)
                memory_server::ask(peer, 100);
            EXPECT_TRUE(echoes(good));
            most = std::max(most, s.server.memory_held());
        }
        ASSERT_TRUE(wait_until([&] { return s.server.memory_cuts() > 0; }));
        ASSERT_TRUE(wait_until([&] { return s.server.memory_held() <= LIMIT; }));
        EXPECT_LE(most, 2 * LIMIT);
        EXPECT_TRUE(echoes(good));
        EXPECT_EQ(s.server.overflows(), 0u);
        ASSERT_TRUE(
            wait_until([&] { return s.server.connections() == 31 - s.server.memory_cuts(); }));
        EXPECT_GE(s.log.count("those of all connections too many"), 1u);
        peers.clear();
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
        EXPECT_TRUE(wait_until([&] { return s.server.memory_held() == 0; }));
    }
}

// One that was there first, holds much and no longer grows is not better off than those that come
// after it.
TEST(MemoryLimit, TheLargestGoesAlthoughItIsAnotherThatGrows)
{
    for (const int threads : {0, 2}) {
        memory_server s(24u << 20, threads);
        wire_peer hoarder = s.connect();
        wire_peer modest = s.connect();
        EXPECT_TRUE(echoes(hoarder) && echoes(modest));
        const auto ask_until = [&](wire_peer &peer, size_t held) {
            int asked = s.answered;
            return wait_until([&] {
                ++asked;
                return s.server.memory_cuts() > 0 || s.server.memory_held() >= held ||
                       (memory_server::ask(peer, 20) &&
                        !wait_until([&] { return s.answered >= asked; }));
            });
        };
        ASSERT_TRUE(ask_until(hoarder, 18u << 20));
        ASSERT_EQ(s.server.memory_cuts(), 0u);
        ASSERT_TRUE(ask_until(modest, 64u << 20));
        ASSERT_TRUE(wait_until([&] { return s.server.connections() == 1; }));
        EXPECT_EQ(s.server.memory_cuts(), 1u);
        EXPECT_TRUE(modest.receive_frame());
        EXPECT_TRUE(hoarder.wait_eof());
    }
}

// Each holds back what is not a whole frame, which is little: together it is much.
TEST(MemoryLimit, UnfinishedFramesCount)
{
    memory_server s(2u << 20);
    std::vector<wire_peer> peers;
    const std::string part = encode_frame(1, std::string(65527, 'x')).substr(0, 65530);
    for (int i = 0; i < 60; ++i) {
        peers.push_back(s.connect());
        peers.back().send_bytes(part);
    }
    ASSERT_TRUE(wait_until([&] { return s.server.memory_held() > 0; }));
    // They hold what is granted to each in any case.
    EXPECT_LE(s.server.memory_held(), 60u * (64u << 10));
    peers.clear();
    EXPECT_TRUE(wait_until([&] { return s.server.memory_held() == 0; }));
}

TEST(MemoryLimit, NoneIsNone)
{
    memory_server s(0);
    wire_peer peer = s.connect();
    ASSERT_TRUE(memory_server::ask(peer, 500));
    ASSERT_TRUE(wait_until([&] { return s.server.memory_held() > 20000000; }));
    EXPECT_EQ(s.server.memory_cuts(), 0u);
}

}  // namespace
}  // namespace lars
