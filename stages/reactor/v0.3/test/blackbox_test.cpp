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

// Somewhere on the way its socket takes again what waits in the server, but not all of it: who sends
// with a socket that blocks stands still there.
TEST(TcpServer, ASlowReaderDoesNotHoldUpTheOthers)
{
    kit::child server(program);
    kit::peer slow = kit::peer::with_small_buffer(server.port), quick(server.port);
    slow.send_and_read_slowly(kit::peer::pattern(7500000), 500000);
    for (int part = 0; part < 20; part++) {
        quick.send("ping");
        ASSERT_EQ("ping", quick.recv(4));
        slow.read_slowly(100000);
    }
}

TEST(TcpServer, AfterAnAnswerItSleeps)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send("ping");
    ASSERT_EQ("ping", client.recv(4));
    EXPECT_TRUE(server.comes_to_rest()) << "everything is answered, and the server spins";
}

TEST(TcpServer, WhileAnswersWaitForAReaderItSleeps)
{
    kit::child server(program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    client.send(kit::peer::pattern(6600000));
    ASSERT_TRUE(client.was_read()) << "the server does not read what a client sends that does not read yet";
    EXPECT_TRUE(server.comes_to_rest()) << "a client does not read its answers yet, and the server spins";
    client.shut_write();
    EXPECT_TRUE(server.comes_to_rest()) << "a client sends no more and does not read its answers yet, and the server spins: "
                                           "the end of its stream can be read again and again";
}

TEST(TcpServer, Trap_R3_AcceptingNobodyDoesNotStopTheLoop)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        itimerspec each_ms = {{0, 1000000}, {0, 1000000}};
        timerfd_settime(timer, 0, &each_ms, NULL);
        loop.add_io_event(timer, [](event_loop *, int fd, void *args) {
            uint64_t n;
            if (read(fd, &n, sizeof n) == sizeof n) {
                static_cast<tcp_server *>(args)->do_accept();   // nobody may be there
            }
        }, EPOLLIN, &s);
        loop.event_process();
    });
    kit::peer client(server.port);
    for (int i = 0; i < 5; i++) {
        client.send("ping");
        ASSERT_EQ("ping", client.recv(4)) << "message " << i << ": do_accept() does not come back while nobody connects";
        EXPECT_TRUE(client.silent(5));   // some ticks
    }
}

TEST(TcpServer, AClientThatHasNothingMoreToSayStillGetsItsEcho)
{
    kit::child server(program);
    for (size_t size : {10, 6600000}) {   // of much, most waits in the server when the end comes
        kit::peer client = kit::peer::with_small_buffer(server.port);
        std::string all = kit::peer::pattern(size);
        client.send(all);
        client.was_read();   // so that the end finds the server with an echo that waits
        client.shut_write();
        EXPECT_EQ("", kit::peer::difference(all, client.recv_all()));
    }
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

    kit::peer slow = kit::peer::with_small_buffer(server.port);
    slow.send_and_read_slowly(kit::peer::pattern(7500000), 0);
    slow.shut_write();
    server.comes_to_rest();   // it has seen the end of the stream, and waits until it can send more
    slow.reset();
    other.send("pong");
    EXPECT_EQ("pong", other.recv(4)) << "a client had ended and was gone while answers waited for it, and nobody is served any more";
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
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        kit::limit_fds(0);
        loop.event_process();
    });
    kit::peer first(server.port);
    bool waits = first.silent();   // there is no fd for it; a server may also turn it away
    rlimit enough = {1024, 1024};
    ASSERT_EQ(0, prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr));
    if (waits) {
        first.send("ping");
        EXPECT_EQ("ping", first.recv(4));
    }
    kit::peer next(server.port);
    next.send("ping");
    EXPECT_EQ("ping", next.recv(4));
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
    long kb = server.rss_kb();
    EXPECT_LT(kb, KIT_SANITIZED ? 300 * 1024 : 60 * 1024) << "a client sent and never read, and the server has grown to " << kb << " KB";
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
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
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
    EXPECT_GT(server.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", server.output()) << "the program did not say why it ended";
}
