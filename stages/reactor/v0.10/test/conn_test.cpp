#include "testing.h"

#include <type_traits>
#include <utility>

#include "tcp_conn.h"
#include "tcp_server.h"

static_assert(std::is_same<int, decltype(std::declval<tcp_conn &>().do_read())>::value, "0, or -1 at the end");
static_assert(std::is_same<int, decltype(std::declval<tcp_conn &>().do_write())>::value, "0, or -1 at the end");

TEST(TcpConn, ReadingAndWritingTellTheEndOfTheConnection)
{
    kit::child program([](uint16_t) {
        kit::socket_pair pair;
        kit::peer client = kit::peer::adopt(pair.a);
        event_loop loop;
        tcp_conn *conn = new tcp_conn(pair.b, &loop);
        pair.a = pair.b = -1;

        printf("nothing came %d;", conn->do_read());
        client.send("abc");
        printf("too little came %d;", conn->do_read());
        conn->send_message("some", 4, 1);
        printf("sent %d;", conn->do_write());
        printf("%s;", client.next().c_str());

        conn->send_message("last", 4, 1);
        client.shut_write();
        printf("the peer is done, we are not %d;", conn->do_read());
        printf("now we are %d;", conn->do_write());
        printf("%s;", client.next().c_str());
        printf("after the end %d;", conn->do_read());
        printf("%d;", conn->do_write());
        kit::run_until(loop, [] { return true; });   // at the end of its round the loop deletes conn
    }, kit::child::NOTHING);
    EXPECT_EQ(0, program.wait());
    EXPECT_EQ("nothing came 0;too little came 0;sent 0;1:some;the peer is done, we are not 0;now we are -1;1:last;"
              "after the end -1;-1;", program.output());
}

TEST(TcpConn, ReadingTellsThatThePeerWasNotToBeUnderstood)
{
    kit::child program([](uint16_t) {
        kit::socket_pair pair;
        kit::peer client = kit::peer::adopt(pair.a);
        event_loop loop;
        tcp_conn *conn = new tcp_conn(pair.b, &loop);
        pair.a = pair.b = -1;
        client.send(kit::frame_head(1, -1));
        printf("%d;", conn->do_read());
        kit::run_until(loop, [] { return true; });
    }, kit::child::NOTHING);
    EXPECT_EQ(0, program.wait());
    EXPECT_TRUE(program.printed("closing\n-1;"));
}

static void echo(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, static_cast<int>(len), msgid);
}

static void print(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%s;", msgid, std::string(data, len).c_str());
}

static void program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    server.add_msg_router(1, echo);
    loop.event_process();
}

// Closes the connection and then prints what the message was.
static void close_program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    server.add_msg_router(4, [](const char *data, uint32_t len, int msgid, net_connection *conn, void *) {
        static_cast<tcp_conn *>(conn)->clean_conn();
        printf("%d:%.10s %zu of %u;", msgid, data, strlen(data), len);
    });
    loop.event_process();
}

TEST(TcpServer, TheNulIsThereAlsoWhenTheCallbackHasClosedTheConnection)
{
    kit::child server(close_program);
    for (std::string seen = "4:bye 3 of 3;"; seen.size() < 50; seen += "4:bye 3 of 3;") {
        kit::peer client(server.port);
        client.send(kit::frame(4, "bye") + kit::frame(6, "never seen"));
        ASSERT_TRUE(server.printed(seen)) << server.output();
    }
    EXPECT_EQ(std::string::npos, server.output().find("never"));
}

TEST(TcpServer, AStartHookMayCloseTheConnection)
{
    kit::child server([](uint16_t port) {
        tcp_server::set_conn_start([](net_connection *conn, void *) { static_cast<tcp_conn *>(conn)->clean_conn(); });
        program(port);
    });
    EXPECT_TRUE(kit::peer(server.port).closed());
    int before = server.fds();
    for (int i = 0; i < 20; i++) {
        EXPECT_TRUE(kit::peer(server.port).closed());
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }));
}

TEST(TcpServer, Trap_R10_AHandlerMayCloseItsOwnConnection)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, echo);
        s.add_msg_router(2, print);
        s.add_msg_router(3, [](const char *data, uint32_t len, int, net_connection *conn, void *) {
            static_cast<tcp_conn *>(conn)->clean_conn();
            static_cast<tcp_conn *>(conn)->clean_conn();
            printf("%s;%d;", std::string(data, len).c_str(), conn->send_message("x", 1, 1));
        });
        loop.event_process();
    });
    kit::peer other(server.port), client(server.port);
    client.send(kit::frame(3, "still readable") + kit::frame(2, "never seen"));
    EXPECT_EQ("", client.next());
    EXPECT_TRUE(server.printed("still readable;-1;"));
    other.send_frame(1, "ping");
    EXPECT_EQ("1:ping", other.next());
    EXPECT_EQ(std::string::npos, server.output().find("never seen"));
}

TEST(TcpServer, ACloseHookThatClosesAgainIsTheOnlyOne)
{
    kit::child server([](uint16_t port) {
        tcp_server::set_conn_close([](net_connection *conn, void *) {
            static_cast<tcp_conn *>(conn)->clean_conn();
            printf("closed;");
        });
        program(port);
    });
    for (int i = 1; i <= 3; i++) {
        kit::peer(server.port).send_frame(1, "x");
        ASSERT_TRUE(kit::eventually([&] { return kit::count_of(server.output(), "closed;") == i; }));
    }
}
