// The known limit of v0.5: whatever a message is about, it gets the same echo.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, EveryMsgidIsEchoed)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.event_process();
    });
    kit::peer client(server.port);
    for (int msgid : {1, 2, 200, -7}) {
        client.send_frame(msgid, "please print this");
        EXPECT_EQ(std::to_string(msgid) + ":please print this", client.next());
    }
}
