// The known limit of v0.4: whoever connects is let in, until the process has no fds left.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, NothingHoldsTheThirdClientBackNorTheThirtieth)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.event_process();
    });
    std::vector<kit::peer> clients;
    for (int i = 0; i < 30; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "let me in");
        EXPECT_EQ("1:let me in", clients.back().next());
    }
}
