#include "testing.h"

#include "tcp_server.h"

static void program(uint16_t port)
{
    tcp_server server("127.0.0.1", port);
    server.do_accept();
}

TEST(TcpServer, EchoesWhatAClientSays)
{
    kit::child server(program);
    kit::peer client(server.port);
    for (const char *word : {"ping", "p", "a little longer"}) {
        client.send(word);
        EXPECT_EQ(word, client.recv(strlen(word)));
    }
}

// The same input as v0.1's limit test.
TEST(TcpServer, WhatAClientSaysIsAnswered)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send("ping");
    EXPECT_EQ("ping", client.recv(4));
}

TEST(TcpServer, EchoesEveryClient)
{
    kit::child server(program);
    for (int i = 0; i < 200; i++) {
        kit::peer client(server.port);
        client.send("hello");
        ASSERT_EQ("hello", client.recv(5)) << "client " << i;
    }
}

TEST(TcpServer, EveryByteValueComesBack)
{
    kit::child server(program);
    std::string all;
    for (int i = 0; i < 256; i++) {
        all += static_cast<char>(i);
    }
    kit::peer client(server.port);
    client.send(all);
    EXPECT_EQ(all, client.recv(256));
}

// In v0.2 the only socket blocks, so the answer has to be read while the question is sent.
TEST(TcpServer, AMegabyteComesBackWhole)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string all(1 << 20, 'x'), back;
    for (size_t i = 0; i < all.size(); i++) {
        all[i] = static_cast<char>(i * 7 + i / 251);
    }
    std::thread sender([&] { client.send(all); });
    back = client.recv(all.size());
    sender.join();
    EXPECT_TRUE(all == back) << back.size() << " bytes came back";
}

TEST(TcpServer, AClientThatHasNothingMoreToSayStillGetsItsEcho)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send("last words");
    client.shut_write();
    EXPECT_EQ("last words", client.recv_all());
}

TEST(TcpServer, Trap_R4_MoreThan127Bytes)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string message(200, 'm');
    client.send(message);
    EXPECT_EQ(message, client.recv(200));
}

TEST(TcpServer, Trap_R7_AnOutOfBandByteDoesNoHarm)
{
    kit::child server(program);
    kit::peer client(server.port);
    ::send(client.fd, "!", 1, MSG_OOB);
    client.send("ping");
    EXPECT_EQ("ping", client.recv(4));
}

TEST(TcpServer, Trap_R10_ManyClientsLeaveNothingBehind)
{
    kit::child server(program);
    kit::peer(server.port).send("x");
    int before = server.fds();
    for (int i = 0; i < 300; i++) {
        kit::peer client(server.port);
        client.send("hello");
        client.recv(5);
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() <= before; }));
}

TEST(TcpServer, ClientsThatLeaveAtOnceDoNotStopIt)
{
    kit::child server(program);
    for (int i = 0; i < 50; i++) {
        kit::peer client(server.port);
        client.send("bye");
        client.reset();
    }
    kit::peer client(server.port);
    client.send("ping");
    EXPECT_EQ("ping", client.recv(4));
}

TEST(TcpServer, Trap_R1_AnAcceptErrorDoesNotEndTheProcess)
{
    kit::child server([](uint16_t port) {
        tcp_server s("127.0.0.1", port);
        kit::limit_fds(0);
        s.do_accept();
    });
    EXPECT_TRUE(kit::peer(server.port).closed());
    EXPECT_TRUE(server.printed("no fds left"));
    rlimit enough = {1024, 1024};
    ASSERT_EQ(0, prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr));
    kit::peer client(server.port);
    client.send("ping");
    EXPECT_EQ("ping", client.recv(4));
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { tcp_server second("127.0.0.1", taken.port); }, kit::child::NOTHING);
    EXPECT_EQ(1, server.wait());
    EXPECT_NE(std::string::npos, server.output().find("Address already in use")) << server.output();
}
