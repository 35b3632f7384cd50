#include "server_options.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using std::chrono::milliseconds;

TEST(ServerOptions, ReachTheTcpServer)
{
    server_options options;
    options.max_connections = 100;
    options.threads = 3;
    options.max_per_address = 7;
    ASSERT_TRUE(ip_ranges::parse("10.0.0.0/8", &options.allow).ok());
    options.silent_timeout = std::chrono::seconds(9);
    options.memory_limit_mib = 5;
    const tcp_server_options taken = options.for_tcp_server();
    EXPECT_EQ(taken.max_connections, 100u);
    EXPECT_EQ(taken.threads, 3);
    EXPECT_EQ(taken.max_per_address, 7u);
    EXPECT_EQ(taken.unlimited_addresses, ip_ranges::loopback());
    EXPECT_EQ(taken.allow, options.allow);
    EXPECT_EQ(taken.silent_timeout, milliseconds(9000));
    EXPECT_EQ(taken.memory_limit, 5u << 20);
}

TEST(ServerOptions, OneAddressHasAQuarterOfTheConnectionsUnlessToldOtherwise)
{
    server_options options;
    EXPECT_EQ(options.for_tcp_server().max_per_address, 256u);
    options.max_connections = 9;
    EXPECT_EQ(options.for_tcp_server().max_per_address, 2u);
    options.max_connections = 1;
    EXPECT_EQ(options.for_tcp_server().max_per_address, 1u);
    options.max_per_address = 0;
    EXPECT_EQ(options.for_tcp_server().max_per_address, 0u);
}

// The library leaves that to the kernel; between our programs nobody pauses for so long.
TEST(ServerOptions, OursGiveUpAPeerThatTakesNothing)
{
    EXPECT_EQ(server_options().for_tcp_server().send_timeout, milliseconds(30000));
    EXPECT_EQ(service_client_options().send_timeout, milliseconds(30000));
}

TEST(ServerOptions, AChangeOfAnyOfThemIsAChange)
{
    const server_options before;
    EXPECT_TRUE(before == server_options());
    for (int i = 0; i < 7; ++i) {
        server_options after;
        switch (i) {
        case 0: after.address.port = 1; break;
        case 1: after.max_connections = 1; break;
        case 2: after.threads = 1; break;
        case 3: after.max_per_address = 1; break;
        case 4: after.allow = ip_ranges::loopback(); break;
        case 5: after.silent_timeout = std::chrono::seconds(1); break;
        case 6: after.memory_limit_mib = 1; break;
        }
        EXPECT_FALSE(before == after) << i;
    }
}

}  // namespace
}  // namespace lars
