// The known limit of v0.3: the server sees bytes, not messages.
#include "testing.h"

#include "tcp_server.h"

static void program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    loop.event_process();
}

TEST(Limit, TwoMessagesComeBackAsOneLumpOfBytes)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send("one");
    client.send("two");
    // Wait for all six bytes, then look: nothing says where "one" ends.
    EXPECT_TRUE(kit::eventually([&] {
        char six[6];
        return ::recv(client.fd, six, 6, MSG_PEEK | MSG_DONTWAIT) == 6;
    }));
    EXPECT_EQ("onetwo", client.recv_some());
}

TEST(Limit, HalfAMessageIsAnsweredAsIfItWereAWholeOne)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string message = kit::frame(1, "hello");
    client.send(message.substr(0, 6));
    EXPECT_EQ(message.substr(0, 6), client.recv(6));
}
