// The course's programs include no more than this; so it stands first.
#include "tcp_server.h"

static void greet_all(event_loop *loop, int fd, void *)
{
    loop->del_io_event(fd);
    for (int i = 0; i < 1000; i++) {
        if (tcp_server::conns[i] != nullptr) {
            tcp_server::conns[i]->send_message("found you", 9, 5);
        }
    }
}

#include "testing.h"

TEST(Header, TcpServerAloneIsEnoughToSendOnAConnection)
{
    int gate[2];
    ASSERT_EQ(0, pipe(gate));
    kit::child server([&](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.add_io_event(gate[0], greet_all, EPOLLIN);
        loop.event_process();
    });
    kit::peer client(server.port);
    client.send_frame(1, "in");
    EXPECT_EQ("1:in", client.next());
    ASSERT_EQ(1, write(gate[1], "x", 1));
    EXPECT_EQ("5:found you", client.next());
    close(gate[0]);
    close(gate[1]);
}
