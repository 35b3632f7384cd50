// The known limit of v0.6: a program only learns of messages, not of connections.
#include "testing.h"

#include <poll.h>

#include "tcp_client.h"
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
