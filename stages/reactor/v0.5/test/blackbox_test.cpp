#include "testing.h"

#include "tcp_server.h"
#include "tcp_conn.h"

static void program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    loop.event_process();
}

// The same input as v0.4's limit test.
TEST(TcpServer, TheThirdClientIsRefused)
{
    kit::child server(program);
    kit::peer first(server.port), second(server.port);
    first.send_frame(1, "let me in");
    EXPECT_EQ("1:let me in", first.next());
    second.send_frame(1, "let me in");
    EXPECT_EQ("1:let me in", second.next());

    kit::peer third(server.port);
    EXPECT_TRUE(third.closed());
    EXPECT_TRUE(server.printed("so many connections, max = 2"));

    first.close();
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer next(server.port);
        next.send_frame(1, "now");
        return next.next() == "1:now";
    })) << "a client has left, and its place is not given to the next one";
}

TEST(TcpServer, Trap_R17_FdsAboveTheLimitOfConnections)
{
    kit::child server([](uint16_t port) {
        for (int i = 0; i < 300; i++) {
            if (dup(0) == -1) {
                exit(1);
            }
        }
        program(port);
    });
    for (int i = 0; i < 10; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "high");
        ASSERT_EQ("1:high", client.next());
        client.close();
        ASSERT_TRUE(kit::eventually([&] {
            kit::peer probe(server.port);
            return probe.send_frame(1, "p") && probe.next() == "1:p";
        })) << "a client whose fd is above 300 has left, and the next one is not served";
    }
}

TEST(TcpServer, Trap_R18_ABurstOfTwiceTheLimitAdmitsTheLimitExactly)
{
    kit::child server(program);
    for (int round = 0; round < 20; round++) {
        std::vector<kit::peer> clients;
        for (int i = 0; i < 2 * MAX_CONNS; i++) {
            clients.emplace_back(server.port);
        }
        int served = 0;
        for (kit::peer &client : clients) {
            client.send_frame(1, "ping");
            served += client.next() == "1:ping";
        }
        ASSERT_EQ(MAX_CONNS, served) << MAX_CONNS << " clients were to be served of " << 2 * MAX_CONNS << " that came at once; " << served << " were";
        int base = server.fds();
        clients.clear();
        ASSERT_TRUE(kit::eventually([&] { return server.fds() <= base - MAX_CONNS; }))
            << "the clients have left, and the server has " << server.fds() << " fds open; with them it had " << base;
    }
}

// The same input as v0.3's limit tests.
TEST(TcpServer, TwoMessagesInOnePieceAreAnsweredAsTwo)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send(kit::frame(1, "one") + kit::frame(1, "two"));
    EXPECT_EQ("1:one", client.next());
    EXPECT_EQ("1:two", client.next());
}

TEST(TcpServer, HalfAMessageWaitsForTheOtherHalf)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string message = kit::frame(1, "hello");
    client.send(message.substr(0, 6));
    EXPECT_TRUE(client.silent());
    client.send(message.substr(6));
    EXPECT_EQ("1:hello", client.next());
}

TEST(TcpServer, TheSecondClientIsServedWhileTheFirstIsConnected)
{
    kit::child server(program);
    kit::peer first(server.port);
    first.send_frame(1, "first");
    ASSERT_EQ("1:first", first.next());

    kit::peer second(server.port);
    second.send_frame(1, "second");
    EXPECT_EQ("1:second", second.next());
    first.send_frame(1, "again");
    EXPECT_EQ("1:again", first.next());
}

TEST(TcpServer, AHundredMessagesComeBackInOrder)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string all;
    for (int i = 0; i < 100; i++) {
        all += kit::frame(1, "message " + std::to_string(i));
    }
    client.send(all);
    EXPECT_EQ("", kit::peer::difference(all, client.recv(all.size())));
}

TEST(TcpServer, AClientThatHasNothingMoreToSayStillGetsItsAnswers)
{
    kit::child server(program);
    kit::peer client(server.port);
    int small = 65536;   // so that most of the answers wait in the server
    setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    std::string big(60000, 'b'), all;
    for (int i = 0; i < 110; i++) {
        all += kit::frame(1, big);
    }
    client.send(all);
    client.shut_write();
    EXPECT_EQ("", kit::peer::difference(all, client.recv_all()));
}

// Frames of many sizes, with the msgids of this range, of at least that many bytes in all.
static std::string frames_of(size_t total, int first_msgid, int last_msgid)
{
    std::string all, bodies = kit::peer::pattern(65527);
    for (int i = 0; all.size() < total; i++) {
        all += kit::frame(first_msgid + i % (last_msgid - first_msgid + 1), bodies.substr(i * 7919 % 65528));
    }
    return all;
}

// Nobody reads until the server has everything, or takes no more.
TEST(TcpServer, ASlowReaderGetsEveryByte)
{
    kit::child server(program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    std::string all = frames_of(7500000, -3, 9);
    EXPECT_EQ("", kit::peer::difference(all, client.send_and_read_slowly(all, all.size())));
    EXPECT_TRUE(client.silent()) << "more came back than was sent, or the connection was closed";
}

TEST(TcpServer, WhatIsSentInPiecesComesBackWhole)
{
    kit::child server(program);
    kit::peer client(server.port);
    for (size_t size : {1, 4087, 4088, 4089, 16376, 65527}) {
        std::string all = kit::frame(1, kit::peer::pattern(size)) + kit::frame(-77, "behind it");
        for (size_t cut : {size_t(1), size_t(7), size_t(8), size_t(9), size / 2 + 9, size + 7, size + 8, size + 9, all.size() - 1}) {
            ASSERT_TRUE(client.send_cut(all, cut)) << "the first " << cut << " bytes were not read";
            ASSERT_EQ("", kit::peer::difference(all, client.recv(all.size()))) << "a body of " << size << ", cut after " << cut;
        }
    }
}

// Somewhere on the way its socket takes again what waits in the server, but not all of it: who sends
// with a socket that blocks stands still there.
TEST(TcpServer, ASlowReaderDoesNotHoldUpTheOthers)
{
    kit::child server(program);
    kit::peer slow = kit::peer::with_small_buffer(server.port), quick(server.port);
    slow.send_and_read_slowly(frames_of(7500000, 1, 1), 500000);
    for (int part = 0; part < 20; part++) {
        quick.send_frame(1, "ping");
        ASSERT_EQ("1:ping", quick.next());
        slow.read_slowly(100000);
    }
}

TEST(TcpServer, AfterAnAnswerItSleeps)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send_frame(1, "ping");
    ASSERT_EQ("1:ping", client.next());
    EXPECT_TRUE(server.comes_to_rest()) << "everything is answered, and the server spins";
}

TEST(TcpServer, WhileAnswersWaitForAReaderItSleeps)
{
    kit::child server(program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    client.send(frames_of(6600000, 1, 1));
    ASSERT_TRUE(client.was_read()) << "the server does not read what a client sends that does not read yet";
    EXPECT_TRUE(server.comes_to_rest()) << "a client does not read its answers yet, and the server spins";
    client.shut_write();
    EXPECT_TRUE(server.comes_to_rest()) << "a client sends no more and does not read its answers yet, and the server spins: "
                                           "the end of its stream can be read again and again";
}

TEST(TcpServer, Trap_R16_AClientThatIsGoneDoesNotEndTheServer)
{
    kit::child server(program);
    for (int i = 0; i < 3; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "ping");
        ASSERT_EQ("1:ping", client.next());
        kill(server.pid, SIGSTOP);   // it reads and answers when the client is gone
        client.send_frame(1, "last words");
        client.shut_write();
        client.reset();
        kill(server.pid, SIGCONT);
    }
    kit::peer other(server.port);
    other.send_frame(1, "ping");
    ASSERT_EQ("1:ping", other.next()) << "clients had ended and were gone before they were answered, and nobody is served any more";

    kit::peer slow = kit::peer::with_small_buffer(server.port);
    slow.send_and_read_slowly(frames_of(7500000, 1, 1), 0);
    slow.shut_write();
    server.comes_to_rest();   // it has seen the end of the stream, and waits until it can send more
    slow.reset();
    other.send_frame(1, "pong");
    EXPECT_EQ("1:pong", other.next()) << "a client had ended and was gone while answers waited for it, and nobody is served any more";
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
        client.send_frame(1, "ping");
        ASSERT_EQ("1:ping", client.next()) << "message " << i << ": do_accept() does not come back while nobody connects";
        EXPECT_TRUE(client.silent(5));   // some ticks
    }
}

TEST(TcpServer, Trap_R2_WithoutFdsItNeitherSpinsNorFillsTheLog)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        kit::limit_fds(1);
        loop.event_process();
    });
    std::vector<kit::peer> clients;
    for (int i = 0; i < 40; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "ping");
    }
    EXPECT_EQ("1:ping", clients[0].next());
    EXPECT_TRUE(server.comes_to_rest()) << "the server has no fd for most of 40 clients, and spins";
    EXPECT_LT(server.output().size(), 8000u) << "the server has no fd for most of 40 clients, and fills its log";
    size_t said = server.output().size();
    for (int i = 0; i < 40; i++) {
        clients.emplace_back(server.port);
    }
    EXPECT_TRUE(server.comes_to_rest()) << "the server has no fd for 40 more clients, and spins";
    EXPECT_EQ(said, server.output().size()) << "the server has said that it has no fds left, and says so again for each client";

    clients.clear();
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer client(server.port);
        client.send_frame(1, "ping");
        return client.next() == "1:ping";
    })) << "the other clients have left, and nobody is served any more";
    rlimit enough = {1024, 1024};   // whoever looks for leaks at the end needs some
    prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr);
}

TEST(TcpServer, Trap_R4_TwoClientsAtOnceDoNotShareAMessage)
{
    kit::child server(program);
    kit::peer a(server.port), b(server.port);
    std::string of_a = kit::frame(1, std::string(200, 'a')), of_b = kit::frame(1, std::string(200, 'b'));
    a.send(of_a.substr(0, 100));
    b.send(of_b.substr(0, 100));
    a.send(of_a.substr(100));
    b.send(of_b.substr(100));
    EXPECT_EQ("", kit::peer::difference(of_a, a.recv(208)));
    EXPECT_EQ("", kit::peer::difference(of_b, b.recv(208)));
}

TEST(TcpServer, Trap_R7_AnOutOfBandByteDoesNoHarm)
{
    kit::child server(program);
    kit::peer client(server.port);
    ::send(client.fd, "!", 1, MSG_OOB);
    client.send_frame(1, "ping");
    EXPECT_EQ("1:ping", client.next());
}

TEST(TcpServer, Trap_R8_AnEmptyBodyIsAMessage)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send(kit::frame(1, "") + kit::frame(1, "after"));
    EXPECT_EQ("1:", client.next());
    EXPECT_EQ("1:after", client.next());
    client.send(kit::frame(1, ""));
    EXPECT_EQ("1:", client.next());
}

TEST(TcpServer, Trap_R9_AClientThatNeverReadsIsBounded)
{
    kit::child server(program);
    kit::peer other(server.port), greedy(server.port);
    std::string part = kit::frame(1, std::string(65527, 'x'));
    int sent = 0;
    while (sent < 1600 && greedy.send(part)) {
        sent++;
    }
    EXPECT_LT(sent, 1600) << "the server took 100 MB and kept the client";
    long kb = server.rss_kb();
    EXPECT_LT(kb, KIT_SANITIZED ? 400 * 1024 : 60 * 1024) << "a client sent and never read, and the server has grown to " << kb << " KB";
    other.send_frame(1, "ping");
    EXPECT_EQ("1:ping", other.next());
}

TEST(TcpServer, Trap_R10_ManyClientsLeaveNothingBehind)
{
    kit::child server(program);
    kit::peer other(server.port);
    other.send_frame(1, "x");
    other.next();
    int before = server.fds();
    long rss = 0;
    for (int i = 0; i < 10000; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "hello");
        ASSERT_EQ("1:hello", client.next()) << "client " << i;
        if (i == 2000) {
            rss = server.rss_kb();
        }
        client.reset();   // leaves no port in TIME_WAIT
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
    if (!KIT_SANITIZED) {
        long cost = server.rss_kb() - rss;
        EXPECT_LT(cost, 200) << "8000 clients that came and left have cost " << cost << " KB: what is made for a client must be given back";
    }
}

TEST(TcpServer, Trap_R11_ThreeFramesCutAtEveryPoint)
{
    kit::child server(program);
    std::string all = kit::frame(1, "a") + kit::frame(1, "") + kit::frame(1, "some more bytes");
    for (size_t cut = 1; cut < all.size(); cut++) {
        kit::peer client(server.port);
        ASSERT_TRUE(client.send_cut(all, cut)) << "the first " << cut << " bytes were not read";
        ASSERT_EQ("", kit::peer::difference(all, client.recv(all.size()))) << "cut after " << cut;
        client.reset();
    }
}

TEST(TcpServer, Trap_R14_AResetWithOutputQueuedEndsTheConnection)
{
    kit::child server(program);
    kit::peer other(server.port);
    other.send_frame(1, "x");
    other.next();
    int before = server.fds();
    kit::peer client(server.port);
    for (int i = 0; i < 30; i++) {
        client.send_frame(1, std::string(65527, 'x'));
    }
    client.reset();
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
    other.send_frame(1, "ping");
    EXPECT_EQ("1:ping", other.next());
}

TEST(TcpServer, Trap_R26_TheLargestBodyAndNothingLarger)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string largest(65527, 'L');
    client.send_frame(1, largest);
    EXPECT_EQ("", kit::peer::difference("1:" + largest, client.next()));
    for (int length : {65528, 70000, -1, 0x7fffffff, static_cast<int>(0x80000000)}) {
        kit::peer liar(server.port);
        liar.send(kit::frame_head(1, length) + "some bytes");
        EXPECT_TRUE(liar.closed()) << "a length of " << length << " must end the connection";
    }
    client.send_frame(1, "ping");
    EXPECT_EQ("1:ping", client.next());
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { program(taken.port); }, kit::child::NOTHING);
    EXPECT_GT(server.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", server.output()) << "the program did not say why it ended";
}
