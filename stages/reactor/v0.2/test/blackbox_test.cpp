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
    EXPECT_EQ("", kit::peer::difference(all, back));
}

// Nobody reads until the server takes no more, or has everything.
TEST(TcpServer, ASlowReaderGetsEveryByte)
{
    kit::child server(program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    std::string all = kit::peer::pattern(7500000);   // a server keeps up to 8 MB
    EXPECT_EQ("", kit::peer::difference(all, client.send_and_read_slowly(all, all.size())));
    EXPECT_TRUE(client.silent()) << "more came back than was sent, or the connection was closed";
}

TEST(TcpServer, WhatIsSentInPiecesComesBackWhole)
{
    kit::child server(program);
    kit::peer client(server.port);
    for (size_t size : {2, 3, 255, 4095, 4096, 4097, 10000, 65535, 65536, 65537}) {
        std::string all = kit::peer::pattern(size);
        for (size_t cut : {size_t(1), size / 2, size - 1}) {
            ASSERT_TRUE(client.send_cut(all, cut)) << "the first " << cut << " bytes of " << size << " were not read";
            ASSERT_EQ("", kit::peer::difference(all, client.recv(size))) << size << " bytes, cut after " << cut;
        }
    }
}

TEST(TcpServer, AClientThatHasNothingMoreToSayStillGetsItsEcho)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send("last words");
    client.shut_write();
    EXPECT_EQ("last words", client.recv_all());
}

TEST(TcpServer, Trap_R16_AClientThatIsGoneDoesNotEndTheServer)
{
    kit::child server(program);
    for (int i = 0; i < 3; i++) {
        kit::peer client(server.port);
        client.send("ping");
        ASSERT_EQ("ping", client.recv(4));
        kill(server.pid, SIGSTOP);   // it reads and answers when the client is gone
        client.send("last words");
        client.shut_write();
        client.reset();
        kill(server.pid, SIGCONT);
    }
    kit::peer other(server.port);
    other.send("ping");
    ASSERT_EQ("ping", other.recv(4)) << "clients had ended and were gone before they were answered, and nobody is served any more";
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
    long rss = 0;
    for (int i = 0; i < 10000; i++) {
        kit::peer client(server.port);
        client.send("hello");
        ASSERT_EQ("hello", client.recv(5)) << "client " << i;
        if (i == 2000) {
            rss = server.rss_kb();
        }
        client.reset();   // leaves no port in TIME_WAIT
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() <= before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
    if (!KIT_SANITIZED) {
        long cost = server.rss_kb() - rss;
        EXPECT_LT(cost, 200) << "8000 clients that came and left have cost " << cost << " KB: what is made for a client must be given back";
    }
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
    kit::peer first(server.port);
    bool waits = first.silent();   // there is no fd for it; a server may also turn it away
    rlimit enough = {1024, 1024};
    ASSERT_EQ(0, prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr));
    if (waits) {
        first.send("ping");
        EXPECT_EQ("ping", first.recv(4));
        first.close();
    }
    kit::peer next(server.port);
    next.send("ping");
    EXPECT_EQ("ping", next.recv(4));
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { tcp_server second("127.0.0.1", taken.port); }, kit::child::NOTHING);
    EXPECT_GT(server.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", server.output()) << "the program did not say why it ended";
}
