// The known limit of v0.9: TCP only. A datagram to the server's port reaches nobody.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, ADatagramReachesNobody)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.event_process();
    });
    kit::udp_peer client(server.port);
    client.send(kit::frame(1, "anybody there?"));
    int error = 0;
    EXPECT_EQ("", client.recv(&error));
    EXPECT_EQ(ECONNREFUSED, error);   // the system says so: no process has that UDP port
}
