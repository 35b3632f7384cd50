// The known limit of v0.7: one thread serves all, and a slow callback stops everyone.
#include "testing.h"

#include "net_connection.h"
#include "tcp_server.h"

TEST(Limit, WhileOneCallbackWaitsNobodyIsServed)
{
    int gate[2];
    ASSERT_EQ(0, pipe(gate));
    kit::child server([&](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, [](const char *data, uint32_t len, int msgid, net_connection *conn, void *) {
            conn->send_message(data, static_cast<int>(len), msgid);
        });
        s.add_msg_router(9, [](const char *, uint32_t, int msgid, net_connection *conn, void *fd) {
            char byte;
            if (read(*static_cast<int *>(fd), &byte, 1) == 1) {   // as slow as the test wants
                conn->send_message("done", 4, msgid);
            }
        }, &gate[0]);
        loop.event_process();
    });
    kit::peer slow(server.port), quick(server.port);
    quick.send_frame(1, "before");
    EXPECT_EQ("1:before", quick.next());

    slow.send_frame(9, "take your time");
    EXPECT_TRUE(slow.silent());
    quick.send_frame(1, "hurry");
    EXPECT_TRUE(quick.silent());

    ASSERT_EQ(1, write(gate[1], "x", 1));
    EXPECT_EQ("9:done", slow.next());
    EXPECT_EQ("1:hurry", quick.next());
    close(gate[0]);
    close(gate[1]);
}
