// The known limit of v0.6: a program only learns of messages, not of connections.
#include "testing.h"

#include "tcp_server.h"
#include "net_connection.h"

TEST(Limit, AClientThatSaysNothingIsNeverNoticed)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, [](const char *data, uint32_t len, int msgid, net_connection *conn, void *) {
            printf("a client is here;");
            conn->send_message(data, static_cast<int>(len), msgid);
        });
        loop.event_process();
    });
    kit::peer client(server.port);
    EXPECT_TRUE(client.silent());
    EXPECT_EQ("", server.output());
    client.send_frame(1, "it is me");
    EXPECT_EQ("1:it is me", client.next());
    client.close();
    EXPECT_EQ("a client is here;", server.output());
}
