// The known limit of v0.5: whatever a message is about, it gets the same echo.
#include "testing.h"

#include <poll.h>

#include "tcp_client.h"
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

// The client's known limit, until v0.7: it connects once.
TEST(Limit, AClientThatLostItsServerDoesNotComeBack)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        kit::run_until(loop, [&] { return c.connected; });
        printf("connected;");
        kit::run_until(loop, [&] { return !c.connected; });
        printf("gone, send_message %d;", c.send_message("x", 1, 1));
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_TRUE(client.printed("connected;"));
    conn.close();
    EXPECT_TRUE(client.printed("gone, send_message -1;")) << client.output();
    EXPECT_EQ(1, kit::count_of(client.output(), "client: the connection has ended"));
    pollfd somebody = {server.fd, POLLIN, 0};
    EXPECT_EQ(0, poll(&somebody, 1, 2 * kit::SILENCE_MS)) << "the limit is gone: the client connected again";
}

TEST(Limit, AClientWhoseServerIsNotThereDoesNotTryAgain)
{
    uint16_t port = kit::free_port();
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", port, "client");
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(client.printed("client: cannot connect"));
    kit::listener server(port);
    pollfd somebody = {server.fd, POLLIN, 0};
    EXPECT_EQ(0, poll(&somebody, 1, 2 * kit::SILENCE_MS)) << "the limit is gone: the client connected again";
}
