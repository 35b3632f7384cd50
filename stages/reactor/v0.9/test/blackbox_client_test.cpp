#include "testing.h"

#include "tcp_client.h"

static void print_message(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%s;", msgid, std::string(data, len).c_str());
}

static void say_hello(net_connection *conn, void *)
{
    conn->send_message("Hello Lars!", 11, 1);
}

static kit::child::program client_of(uint16_t port)
{
    return [port](uint16_t) {
        event_loop loop;
        tcp_client client(&loop, "127.0.0.1", port, "client");
        for (int msgid = 5; msgid < 10; msgid++) {
            client.add_msg_router(msgid, print_message);
        }
        client.set_conn_start(say_hello);
        loop.event_process();
    };
}

TEST(TcpClient, SaysHelloAndHearsTheAnswer)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:Hello Lars!", conn.next()) << "connect() that gives EINPROGRESS goes on: the client greets when it is connected";
    conn.send(kit::frame(5, "answer") + kit::frame(6, ""));
    EXPECT_TRUE(client.printed("5:answer;6:;"));
}

TEST(TcpClient, HearsOfEachStartAndEachEnd)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        char up[] = "up", down[] = "down";
        c.set_conn_start([](net_connection *, void *args) { printf("%s;", static_cast<const char *>(args)); }, up);
        c.set_conn_close([](net_connection *, void *args) { printf("%s;", static_cast<const char *>(args)); }, down);

        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_TRUE(client.printed("up;"));
    conn.close();
    EXPECT_TRUE(client.printed("up;down;"));
    server.accept();
    EXPECT_TRUE(client.printed("up;down;up;"));
}

TEST(TcpClient, ATryThatFailedIsNoEnd)
{
    uint16_t port = kit::free_port();
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", port, "client");
        c.set_conn_start([](net_connection *, void *) { printf("up;"); });
        c.set_conn_close([](net_connection *, void *) { printf("down;"); });
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(client.comes_to_rest()) << "nobody listens, and the client tries again without a pause";
    kit::listener server(port);
    kit::peer conn = server.accept();
    ASSERT_TRUE(client.printed("up;"));
    EXPECT_EQ("up;", client.output()) << "the close hook is for connections that have started, not for tries that failed";
    EXPECT_TRUE(client.comes_to_rest()) << "the client is connected, and spins: its timer was never read";
}

TEST(TcpClient, Trap_R24_AnUnknownMsgidIsSkipped)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.send(kit::frame(4444, "unknown") + kit::frame(5, "known"));
    EXPECT_TRUE(client.printed("5:known;"));
}

TEST(TcpClient, Trap_R11_AnAnswerInManyPieces)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    std::string answers = kit::frame(7, "in pieces") + kit::frame(6, "") + kit::frame(5, "whole"), seen;
    for (size_t cut = 1; cut < answers.size(); cut++) {
        ASSERT_TRUE(conn.send_cut(answers, cut)) << "the client did not read the first " << cut << " bytes";
        seen += "7:in pieces;6:;5:whole;";
        ASSERT_TRUE(client.printed(seen)) << "three messages, cut after " << cut << " bytes, were not all delivered";
    }
    for (char byte : answers) {
        conn.send(std::string(1, byte));
    }
    seen += "7:in pieces;6:;5:whole;";
    EXPECT_TRUE(client.printed(seen)) << "three messages, byte by byte, were not all delivered";
}

// The bodies of a client that has much to say, and the frames they travel in.
static std::string body_of(int i)
{
    static const std::string pattern = kit::peer::pattern(60000);
    return pattern.substr(i * 7919 % 60000);
}

TEST(TcpClient, AServerThatReadsSlowlyGetsEveryByte)
{
    const int messages = 240;   // some 7 MB
    kit::listener server;
    int small = 32768;
    setsockopt(server.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(5, [](const char *, uint32_t, int, net_connection *conn, void *) {
            int refused = 0;
            for (int i = 0; i < messages; i++) {
                std::string body = body_of(i);
                refused += conn->send_message(body.data(), static_cast<int>(body.size()), i) != 0;
            }
            printf("refused %d;", refused);
        });
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.send_frame(5, "say all you have to say");
    ASSERT_TRUE(client.printed("refused 0;")) << "the client is to keep 7 MB that the server does not read yet";
    std::string all;
    for (int i = 0; i < messages; i++) {
        all += kit::frame(i, body_of(i));
    }
    EXPECT_EQ("", kit::peer::difference(all, conn.read_slowly(all.size())));
}

TEST(TcpClient, Trap_R15_AServerThatRestartsMidFrame)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    conn.send(kit::frame(8, "never whole").substr(0, 12));
    conn.close();

    kit::peer again = server.accept();
    EXPECT_EQ("1:Hello Lars!", again.next());
    again.send_frame(9, "whole");
    EXPECT_TRUE(client.printed("9:whole;"));
    EXPECT_EQ(std::string::npos, client.output().find("8:")) << "half a message of the old connection was delivered";
}

TEST(TcpClient, Trap_R15_AServerThatIsNotThereYet)
{
    uint16_t port = kit::free_port();
    kit::child client(client_of(port), kit::child::NOTHING);
    ASSERT_FALSE(kit::peer(port).ok());
    kit::listener server(port);
    EXPECT_EQ("1:Hello Lars!", server.accept().next());
}

TEST(TcpClient, Trap_R16_WritingToAResetConnectionDoesNotKill)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(1, [](const char *, uint32_t, int, net_connection *conn, void *) {
            for (int i = 0; i < 10; i++) {
                conn->send_message("x", 1, 1);
                usleep(1000);
            }
            printf("survived;");
        });
        c.set_conn_start(say_hello);
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:Hello Lars!", conn.next());
    kill(client.pid, SIGSTOP);   // it reads and answers when the server is gone
    conn.send_frame(1, "go on, write");
    conn.shut_write();
    conn.reset();
    kill(client.pid, SIGCONT);
    EXPECT_TRUE(client.printed("survived;")) << "the server was gone, and the client died when it wrote in a callback";
    EXPECT_TRUE(client.comes_to_rest()) << "the server was gone, and the client died, or spins, when it came to write what a callback had sent";
}

TEST(TcpClient, Trap_R26_TooLongIsRefusedAtOnce)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(1, [](const char *, uint32_t, int, net_connection *conn, void *) {
            std::string big(70000, 'x');
            printf("%d %d %d %d;", conn->send_message(big.data(), 70000, 2), conn->send_message(big.data(), 65528, 2),
                   conn->send_message(big.data(), -1, 2), conn->send_message(big.data(), 65527, 2));
        });
        c.set_conn_start(say_hello);
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    conn.send_frame(1, "go");
    EXPECT_EQ("", kit::peer::difference("2:" + std::string(65527, 'x'), conn.next()));
    EXPECT_TRUE(client.printed("-1 -1 -1 0;"));
}

TEST(TcpClient, WithoutAConnectionNothingIsSent)
{
    kit::child client([&](uint16_t port) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", port, "client");
        printf("connected %d, sent %d;", c.connected, c.send_message("x", 1, 1));
    }, kit::child::NOTHING);
    EXPECT_EQ(0, client.wait());
    EXPECT_TRUE(client.printed("connected 0, sent -1;")) << "before the loop runs there is no connection: connected is false, and send_message() gives -1";
}

// Looks each millisecond whether the client is connected, and tells when that has changed.
static void tell_changes(event_loop *, int fd, void *args)
{
    static bool was = false;
    tcp_client *client = static_cast<tcp_client *>(args);
    uint64_t n;
    if (read(fd, &n, sizeof n) == sizeof n && client->connected != was) {
        was = client->connected;
        printf("connected %d, sent %d;", was, client->send_message("x", 1, 1));
    }
}

TEST(TcpClient, AfterTheEndOfTheConnectionNothingIsSent)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        itimerspec each_ms = {{0, 1000000}, {0, 1000000}};
        timerfd_settime(timer, 0, &each_ms, nullptr);
        loop.add_io_event(timer, tell_changes, EPOLLIN, &c);
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_TRUE(client.printed("connected 1, sent 0;"));
    server.close();
    conn.close();
    EXPECT_TRUE(client.printed("connected 0, sent -1;")) << "the connection has ended: connected is false then, and send_message() gives -1";
}

TEST(TcpClient, AServerThatLiesAboutALengthIsLeft)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    conn.send(kit::frame_head(1, -5) + "garbage");
    EXPECT_TRUE(conn.closed());
    EXPECT_EQ("1:Hello Lars!", server.accept().next());
}

// What a program sees that takes the body for a text: where it begins, and where it ends.
static void print_text(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%.10s %zu of %u;", msgid, data, strlen(data), len);
}

static kit::child::program text_client_of(uint16_t port)
{
    return [port](uint16_t) {
        event_loop loop;
        tcp_client client(&loop, "127.0.0.1", port, "client");
        for (int msgid = 5; msgid < 10; msgid++) {
            client.add_msg_router(msgid, print_text);
        }
        loop.event_process();
    };
}

TEST(TcpClient, BehindABodyStandsANulThatIsNotPartOfIt)
{
    kit::listener server;
    kit::child client(text_client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.send(kit::frame(5, "first") + kit::frame(6, "") + kit::frame(7, "third"));
    std::string seen = "5:first 5 of 5;6: 0 of 0;7:third 5 of 5;";
    EXPECT_TRUE(client.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
    std::string next = kit::frame(9, "next");
    for (size_t cut = 1; cut < next.size(); cut++) {
        conn.send(kit::frame(8, "in") + next.substr(0, cut));
        seen += "8:in 2 of 2;";
        ASSERT_TRUE(client.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
        conn.send(next.substr(cut));
        seen += "9:next 4 of 4;";
        ASSERT_TRUE(client.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
    }
}

TEST(TcpClient, BehindABodyThatFillsTheBufferStandsANulToo)
{
    kit::listener server;
    kit::child client(text_client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    std::string seen;
    for (int size : {4096, 4095, 4097, 16384, 16383, 65535, 65534}) {
        std::string len = std::to_string(size - 8), rest = std::to_string(size - 20);
        conn.send_frame(9, std::string(size - 8, 'x'));
        seen += "9:xxxxxxxxxx " + len + " of " + len + ";";
        ASSERT_TRUE(client.printed(seen)) << "messages of " << size << " bytes in all: behind each body must stand a NUL, and len must not count it";
        conn.send(kit::frame(8, std::string(size - 20, 'y')) + kit::frame(7, "tail"));   // as many bytes in all
        seen += "8:yyyyyyyyyy " + rest + " of " + rest + ";7:tail 4 of 4;";
        ASSERT_TRUE(client.printed(seen)) << "messages of " << size << " bytes in all: behind each body must stand a NUL, and len must not count it";
    }
}

static void no_hook(net_connection *, void *) {}

TEST(TcpClient, ItsHooksAreWhereTheCourseLooksForThem)
{
    event_loop loop;
    tcp_client c(&loop, "127.0.0.1", kit::free_port(), "client");
    int a, b;
    c.set_conn_start(no_hook, &a);
    c.set_conn_close(no_hook, &b);
    EXPECT_TRUE(c.conn_start_cb == no_hook && c.conn_start_cb_args == &a) << "set_conn_start() was to keep the hook in conn_start_cb, and args in conn_start_cb_args";
    EXPECT_TRUE(c.conn_close_cb == no_hook && c.conn_close_cb_args == &b) << "set_conn_close() was to keep the hook in conn_close_cb, and args in conn_close_cb_args";
}
