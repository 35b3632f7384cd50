#include "testing.h"

#include "tcp_server.h"

static void program(uint16_t port)
{
    tcp_server server("127.0.0.1", port);
    server.do_accept();
}

TEST(TcpServer, GreetsAClientAndCloses)
{
    kit::child server(program);
    kit::peer client(server.port);
    EXPECT_EQ("hello Lars\n", client.recv_all());
    EXPECT_TRUE(client.closed());
}

TEST(TcpServer, GreetsEveryClient)
{
    kit::child server(program);
    for (int i = 0; i < 200; i++) {
        kit::peer client(server.port);
        ASSERT_EQ("hello Lars\n", client.recv_all()) << "client " << i;
    }
}

TEST(TcpServer, ClientsThatLeaveAtOnceDoNotStopIt)
{
    kit::child server(program);
    for (int i = 0; i < 50; i++) {
        kit::peer(server.port).reset();
    }
    EXPECT_EQ("hello Lars\n", kit::peer(server.port).recv_all());
}

TEST(TcpServer, KeepsNoFdOfAClient)
{
    kit::child server(program);
    kit::peer(server.port).recv_all();
    int before = server.fds();
    for (int i = 0; i < 50; i++) {
        kit::peer(server.port).recv_all();
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
}

TEST(TcpServer, Trap_R1_AnAcceptErrorDoesNotEndTheProcess)
{
    kit::child server([](uint16_t port) {
        tcp_server s("127.0.0.1", port);
        kit::limit_fds(0);
        s.do_accept();
    });
    kit::peer first(server.port);
    bool waits = first.silent();   // there is no fd for it; a server may also turn it away
    rlimit enough = {1024, 1024};
    ASSERT_EQ(0, prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr));
    if (waits) {
        EXPECT_EQ("hello Lars\n", first.recv_all());
    }
    EXPECT_EQ("hello Lars\n", kit::peer(server.port).recv_all());
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { tcp_server second("127.0.0.1", taken.port); }, kit::child::NOTHING);
    EXPECT_GT(server.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", server.output()) << "the program did not say why it ended";
}

// It has said that it sends no more, and is gone before the server greets it.
TEST(TcpServer, Trap_R16_AClientThatIsGoneDoesNotEndTheServer)
{
    kit::child server(program);
    for (int i = 0; i < 3; i++) {
        kill(server.pid, SIGSTOP);
        kit::peer client(server.port);
        client.shut_write();
        client.reset();
        kill(server.pid, SIGCONT);
        kit::peer next(server.port);
        ASSERT_EQ("hello Lars\n", next.recv_all()) << "a client was gone before it was greeted, and the next one got no greeting";
    }
}
