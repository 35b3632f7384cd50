#include "testing.h"

#include "tcp_server.h"

static void program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    loop.event_process();
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

// The same input as v0.2's limit test.
TEST(TcpServer, TheSecondClientIsServedWhileTheFirstIsConnected)
{
    kit::child server(program);
    kit::peer first(server.port);
    first.send("first");
    ASSERT_EQ("first", first.recv(5));

    kit::peer second(server.port);
    second.send("second");
    EXPECT_EQ("second", second.recv(6));
    first.send("again");
    EXPECT_EQ("again", first.recv(5));
}

TEST(TcpServer, AHundredClientsAtOnceEachGetTheirOwnBytes)
{
    kit::child server(program);
    std::vector<kit::peer> clients;
    for (int i = 0; i < 100; i++) {
        clients.emplace_back(server.port);
        clients.back().send("client " + std::to_string(1000 + i));
    }
    for (int i = 0; i < 100; i++) {
        ASSERT_EQ("client " + std::to_string(1000 + i), clients[i].recv(11));
    }
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

TEST(TcpServer, Trap_R2_FortyClientsForTwentyFdsAndOneLogLine)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        kit::limit_fds(20);
        loop.event_process();
    });
    std::vector<kit::peer> clients;
    int served = 0;
    for (int i = 0; i < 40; i++) {
        clients.emplace_back(server.port);
        clients.back().send("ping");
        served += clients.back().recv(4) == "ping";
    }
    EXPECT_EQ(20, served);
    EXPECT_EQ(1, kit::count_of(server.output(), "no fds left"));

    clients.clear();
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer client(server.port);
        client.send("ping");
        return client.recv(4) == "ping";
    }));
}

TEST(TcpServer, Trap_R9_AClientThatNeverReadsIsBounded)
{
    kit::child server(program);
    kit::peer other(server.port), greedy(server.port);
    std::string part(1 << 20, 'x');
    size_t sent = 0;
    while (sent < 100 && greedy.send(part)) {
        sent++;
    }
    EXPECT_LT(sent, 100u) << "the server took 100 MB and kept the client";
    EXPECT_LT(server.rss_kb(), KIT_SANITIZED ? 300 * 1024 : 60 * 1024);
    other.send("ping");
    EXPECT_EQ("ping", other.recv(4));
}

TEST(TcpServer, Trap_R14_AResetWithOutputQueuedEndsTheConnection)
{
    kit::child server(program);
    kit::peer other(server.port);
    other.send("x");
    other.recv(1);
    int before = server.fds();
    kit::peer client(server.port);
    std::string part(1 << 20, 'x');
    client.send(part);
    client.send(part);
    client.reset();
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }));
    other.send("ping");
    EXPECT_EQ("ping", other.recv(4));
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) {
        event_loop loop;
        tcp_server second(&loop, "127.0.0.1", taken.port);
    }, kit::child::NOTHING);
    EXPECT_EQ(1, server.wait());
    EXPECT_NE(std::string::npos, server.output().find("Address already in use")) << server.output();
}
