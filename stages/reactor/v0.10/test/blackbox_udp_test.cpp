#include "testing.h"

#include "lars_reactor.h"

static void udp_echo(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, static_cast<int>(len), msgid);
}

static void udp_program(uint16_t port)
{
    event_loop loop;
    udp_server server(&loop, "127.0.0.1", port);
    server.add_msg_router(1, udp_echo);
    server.add_msg_router(2, [](const char *, uint32_t, int, net_connection *conn, void *) {
        std::string big(65527, 'b');
        printf("%d %d %d %d;", conn->send_message(big.data(), 65499, 1), conn->send_message(big.data(), 65500, 1),
               conn->send_message(big.data(), 65527, 1), conn->send_message(big.data(), -1, 1));
    });
    loop.event_process();
}

// The same input as v0.9's limit test.
TEST(UdpServer, ADatagramIsAnswered)
{
    kit::child server(udp_program);
    kit::udp_peer client(server.port);
    client.send(kit::frame(1, "anybody there?"));
    EXPECT_EQ("1:anybody there?", client.next());
}

TEST(UdpServer, AnswersEachSender)
{
    kit::child server(udp_program);
    kit::udp_peer a(server.port), b(server.port);
    a.send(kit::frame(1, "from a"));
    b.send(kit::frame(1, "from b"));
    EXPECT_EQ("1:from a", a.next());
    EXPECT_EQ("1:from b", b.next());
    a.send(kit::frame(1, ""));
    EXPECT_EQ("1:", a.next());
}

TEST(UdpServer, Trap_R27_BodiesAroundTheLargest)
{
    kit::child server(udp_program);
    kit::udp_peer client(server.port);
    std::string largest(65499, 'L');
    client.send(kit::frame(1, largest));
    EXPECT_EQ("", kit::peer::difference("1:" + largest, client.next()));
    client.send(kit::frame(2, "send me big ones"));
    EXPECT_EQ("", kit::peer::difference("1:" + std::string(65499, 'b'), client.next()));
    EXPECT_TRUE(server.printed("65507 -1 -1 -1;"));
    client.send(kit::frame(1, "nothing came in between"));
    EXPECT_EQ("1:nothing came in between", client.next());
}

TEST(UdpServer, Trap_R24_AnUnknownMsgidIsSkipped)
{
    kit::child server(udp_program);
    kit::udp_peer client(server.port);
    client.send(kit::frame(99, "unknown"));
    client.send(kit::frame(1, "known"));
    EXPECT_EQ("1:known", client.next());
}

TEST(UdpServer, Trap_R28_WhatIsNoMessageIsDropped)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        udp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, [](const char *data, uint32_t len, int, net_connection *, void *) {
            printf("message %s;", std::string(data, len).c_str());
        });
        loop.event_process();
    });
    kit::udp_peer client(server.port);
    client.send(kit::frame(1, "good"));
    client.send("");
    client.send("abc");
    client.send("1234567");
    client.send(kit::frame_head(1, 5) + "four");
    client.send(kit::frame_head(1, 3) + "four");
    client.send(kit::frame(1, "after"));
    EXPECT_TRUE(server.printed("message after;"));
    EXPECT_EQ(2, kit::count_of(server.output(), "message ")) << "of seven datagrams the first and the last are messages";
}

TEST(UdpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::child first(udp_program);
    kit::child second([&](uint16_t) { udp_program(first.port); }, kit::child::NOTHING);
    EXPECT_GT(second.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", second.output()) << "the program did not say why it ended";
}

TEST(UdpClient, AsksAndIsAnswered)
{
    kit::child server(udp_program);
    kit::child client([&](uint16_t) {
        event_loop loop;
        udp_client c(&loop, "127.0.0.1", server.port);
        c.add_msg_router(1, [](const char *data, uint32_t len, int, net_connection *conn, void *) {
            printf("%s;", std::string(data, len).c_str());
            if (len < 3) {
                conn->send_message("abc", 3, 1);
            }
        });
        std::string big(65527, 'b');
        printf("too long %d %d, ", c.send_message(big.data(), 65500, 1), c.send_message(big.data(), 65527, 1));
        printf("sent %d;", c.send_message("ab", 2, 1));   // with its header
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(client.printed("too long -1 -1, sent 10;"));
    EXPECT_TRUE(client.printed("ab;abc;"));
}

// Each body is shorter than the one before, whose bytes are still behind it.
static const std::pair<std::string, std::string> texts[] = {
    {std::string(65499, 'x'), "xxxxxxxxxx 65499 of 65499;"}, {"shorter", "shorter 7 of 7;"}, {"short", "short 5 of 5;"}, {"", " 0 of 0;"}};

static void print_text(const char *data, uint32_t len, int, net_connection *, void *)
{
    printf("%.10s %zu of %u;", data, strlen(data), len);
}

TEST(UdpServer, BehindABodyStandsANulThatIsNotPartOfIt)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        udp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, print_text);
        loop.event_process();
    });
    kit::udp_peer client(server.port);
    std::string seen;
    for (const auto &text : texts) {
        client.send(kit::frame(1, text.first));
        seen += text.second;
        ASSERT_TRUE(server.printed(seen)) << "each datagram once and in order, and behind each body a NUL that len does not count";
    }
}

TEST(UdpClient, BehindABodyStandsANulThatIsNotPartOfIt)
{
    kit::child server(udp_program);
    kit::child client([&](uint16_t) {
        event_loop loop;
        udp_client c(&loop, "127.0.0.1", server.port);
        c.add_msg_router(1, print_text);
        for (const auto &text : texts) {
            c.send_message(text.first.data(), static_cast<int>(text.first.size()), 1);
        }
        loop.event_process();
    }, kit::child::NOTHING);
    std::string seen;
    for (const auto &text : texts) {
        seen += text.second;
    }
    EXPECT_TRUE(client.printed(seen)) << "each datagram once and in order, and behind each body a NUL that len does not count";
}

TEST(UdpClient, ASilentServerDoesNotEndIt)
{
    uint16_t port = kit::free_port();
    kit::child client([&](uint16_t) {
        event_loop loop;
        udp_client c(&loop, "127.0.0.1", port);
        c.add_msg_router(1, [](const char *data, uint32_t len, int, net_connection *, void *) {
            printf("%s;", std::string(data, len).c_str());
        });
        for (int i = 0; i < 5; i++) {
            c.send_message("nobody is there", 15, 1);   // the system may refuse some of them
        }
        printf("sent;");
        int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        itimerspec each_ms = {{0, 1000000}, {0, 1000000}};
        timerfd_settime(timer, 0, &each_ms, NULL);
        loop.add_io_event(timer, [](event_loop *, int fd, void *args) {
            uint64_t n;
            if (read(fd, &n, sizeof n) == sizeof n) {
                static_cast<udp_client *>(args)->send_message("is somebody there now", 21, 1);
            }
        }, EPOLLIN, &c);
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(client.printed("sent;"));
    kit::child server([&](uint16_t) { udp_program(port); }, kit::child::NOTHING);
    EXPECT_TRUE(client.printed("is somebody there now;")) << "the client sent to a port without a server, and is deaf since";
}
