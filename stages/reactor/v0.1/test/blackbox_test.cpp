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
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }));
}

TEST(TcpServer, Trap_R1_AnAcceptErrorDoesNotEndTheProcess)
{
    kit::child server([](uint16_t port) {
        tcp_server s("127.0.0.1", port);
        kit::limit_fds(0);
        s.do_accept();
    });
    kit::peer first(server.port);
    EXPECT_EQ("", first.recv_all());
    EXPECT_TRUE(server.printed("no fds left"));
    rlimit enough = {1024, 1024};
    ASSERT_EQ(0, prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr));
    EXPECT_EQ("hello Lars\n", kit::peer(server.port).recv_all());
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { tcp_server second("127.0.0.1", taken.port); }, kit::child::NOTHING);
    EXPECT_EQ(1, server.wait());
    EXPECT_NE(std::string::npos, server.output().find("Address already in use")) << server.output();
}
