// Which address a datagram comes from, on a machine with several. All of 127.0.0.0/8 is this one.
#include "faults.h"
#include "free_port.h"
#include "net_support.h"
#include "sockets.h"
#include "udp_client.h"
#include "udp_server.h"

namespace lars {
namespace {

using namespace test;
using namespace std::chrono_literals;

struct UdpOnAllAddresses : testing::Test {
    event_loop loop{no_log()};
    udp_server server{&loop};
    int handled = 0;

    void SetUp() override
    {
        ASSERT_TRUE(server.add_msg_router(1, counted_echo(&handled, 3)).ok());
        ASSERT_TRUE(server.bind({INADDR_ANY, 0}).ok());
        ASSERT_TRUE(server.start().ok());
    }
};

// A connected UDP socket hears only the address that it asked.
TEST_F(UdpOnAllAddresses, AnAnswerComesFromTheAddressThatWasAsked)
{
    std::vector<wire_peer> peers;
    const char *const addresses[] = {"127.0.0.1", "127.0.0.2", "127.9.8.7"};
    for (int i = 0; i < 90; ++i) {
        peers.emplace_back();
        ASSERT_TRUE(peers.back().connect_udp(server.address().port, addresses[i % 3]));
        ASSERT_TRUE(peers.back().send_frame(1, std::to_string(i)));
    }
    ASSERT_TRUE(run_until(loop, [&] { return handled == 90; }));
    for (int i = 0; i < 90; ++i) {
        for (int answer = 0; answer < 3; ++answer) {
            const auto frame = peers[i].receive_frame();
            ASSERT_TRUE(frame) << addresses[i % 3];
            EXPECT_EQ(frame->body, std::to_string(i));
        }
    }
    EXPECT_EQ(server.unsent(), 0u);
}

TEST_F(UdpOnAllAddresses, OneThatThenTakesASingleAddressServesOn)
{
    server.stop();
    ASSERT_TRUE(server.bind({INADDR_LOOPBACK + 1, 0}).ok());
    ASSERT_TRUE(server.start().ok());
    wire_peer peer;
    ASSERT_TRUE(peer.connect_udp(server.address().port, "127.0.0.2"));
    ASSERT_TRUE(peer.send_frame(1, "x"));
    ASSERT_TRUE(run_until(loop, [&] { return handled == 1; }));
    EXPECT_TRUE(peer.receive_frame());
}

TEST_F(UdpOnAllAddresses, AClientMayAskForThisMachine)
{
    udp_client client(&loop, {INADDR_ANY, server.address().port});
    int answers = 0;
    ASSERT_TRUE(
        client.add_msg_router(1, [&](const char *, uint32_t, int, net_connection &) { ++answers; })
            .ok());
    ASSERT_TRUE(client.start().ok());
    EXPECT_EQ(client.send_message("x", 1, 1), send_result::ok);
    EXPECT_TRUE(run_until(loop, [&] { return answers == 3; }));
}

// It would take its own questions for messages of the server.
TEST(UdpClient, ThatWouldTalkToItselfIsRefused)
{
    event_loop loop(no_log());
    for (const uint32_t ip : {uint32_t{INADDR_ANY}, uint32_t{INADDR_LOOPBACK}}) {
        udp_client client(&loop, {ip, free_port()});
        {
            self_connect_fault fault;
            const status refused = client.start();
            EXPECT_FALSE(refused.ok());
            EXPECT_EQ(client.send_message("x", 1, 1), send_result::closed);
        }
        EXPECT_TRUE(client.start().ok());
    }
}

}  // namespace
}  // namespace lars
