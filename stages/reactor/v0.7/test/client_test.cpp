#include "testing.h"

#include <type_traits>
#include <utility>

#include "tcp_client.h"

static_assert(std::is_same<int, decltype(std::declval<tcp_client &>().do_read())>::value, "0, or -1 at the end");
static_assert(std::is_same<int, decltype(std::declval<tcp_client &>().do_write())>::value, "0, or -1 at the end");

static void say_hello(net_connection *conn, void *)
{
    conn->send_message("Hello Lars!", 11, 1);
}

// What a program sees that takes the body for a text: where it begins, and where it ends.
static void print_text(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%.10s %zu of %u;", msgid, data, strlen(data), len);
}

TEST(TcpClient, ReadingAndWritingTellTheEndOfTheConnection)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        kit::run_until(loop, [&] { return c.connected; });
        printf("%d %d;", c.do_read(), c.do_write());
        int ret;
        while ((ret = c.do_read()) == 0) {
            usleep(1000);
        }
        printf("%d %d", ret, c.do_write());
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_TRUE(client.printed("0 0;"));
    conn.close();
    EXPECT_EQ(0, client.wait());
    EXPECT_EQ("0 0;-1 -1", client.output());
}

TEST(TcpClient, Trap_R16_WritingAtOnceToAResetConnectionDoesNotKill)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(1, [](const char *, uint32_t, int, net_connection *conn, void *) {
            for (int i = 0; i < 10; i++) {
                conn->send_message("x", 1, 1);
                static_cast<tcp_client *>(conn)->do_write();
                usleep(1000);
            }
            printf("survived;");
        });
        c.set_conn_start(say_hello);
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:Hello Lars!", conn.next());
    conn.send_frame(1, "go on, write");
    conn.close();   // the first write is answered with a reset, the second would raise SIGPIPE
    EXPECT_TRUE(client.printed("survived;"));
}

TEST(TcpClient, TheNulIsThereAlsoWhenTheCallbackHasClosedTheConnection)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(5, [](const char *data, uint32_t len, int, net_connection *conn, void *) {
            static_cast<tcp_client *>(conn)->clean_conn();
            print_text(data, len, 5, conn, NULL);
        });
        c.set_conn_start(say_hello);
        loop.event_process();
    }, kit::child::NOTHING);
    for (std::string seen = "5:bye 3 of 3;"; seen.size() < 50; seen += "5:bye 3 of 3;") {
        kit::peer conn = server.accept();
        conn.next();
        conn.send(kit::frame(5, "bye") + kit::frame(6, "never seen"));
        ASSERT_TRUE(client.printed(seen)) << client.output();
    }
    EXPECT_EQ(std::string::npos, client.output().find("never"));
}

TEST(TcpClient, ACallbackMayCloseAndConnectAgain)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(5, [](const char *, uint32_t, int, net_connection *conn, void *) {
            printf("again;");
            static_cast<tcp_client *>(conn)->clean_conn();
            static_cast<tcp_client *>(conn)->do_connect();
        });
        c.set_conn_start(say_hello);
        loop.event_process();
    }, kit::child::NOTHING);
    for (std::string seen = "again;"; seen.size() < 20; seen += "again;") {
        kit::peer conn = server.accept();
        conn.next();
        conn.send(kit::frame(5, "connect again") + kit::frame(5, "never seen"));
        ASSERT_TRUE(client.printed(seen)) << client.output();
    }
}

// The program asks for the new connection: half a message of the old one must not get into it.
TEST(TcpClient, Trap_R15_ANewConnectionBeginsWithEmptyBuffers)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.add_msg_router(8, print_text);
        c.add_msg_router(9, print_text);
        c.set_conn_start(say_hello);
        for (int i = 0; i < 2; i++) {
            kit::run_until(loop, [&] { return c.connected; });
            printf("connected;");
            std::string unsent(60000, 'u');
            for (int n = 0; n < 130; n++) {
                c.send_message(unsent.data(), 60000, 2);   // more than the sockets take
            }
            kit::run_until(loop, [&] { return !c.connected; });
            c.do_connect();
        }
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:Hello Lars!", conn.next());
    EXPECT_TRUE(conn.send_cut(kit::frame(8, "never whole").substr(0, 12), 11));
    EXPECT_TRUE(conn.was_read());
    EXPECT_TRUE(client.printed("connected;"));
    conn.close();

    kit::peer again = server.accept();
    EXPECT_EQ("1:Hello Lars!", again.next());
    again.send_frame(9, "whole");
    EXPECT_TRUE(client.printed("9:whole 5 of 5;"));
    EXPECT_EQ(std::string::npos, client.output().find("8:"));
    EXPECT_TRUE(kit::eventually([&] { return kit::count_of(client.output(), "connected;") == 2; }));
    again.close();
    EXPECT_EQ(0, client.wait());
}

TEST(TcpClient, ACloseHookThatClosesAgainIsTheOnlyOne)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.set_conn_close([](net_connection *conn, void *) {
            static_cast<tcp_client *>(conn)->clean_conn();
            printf("down;");
        });
        loop.event_process();
    }, kit::child::NOTHING);
    for (std::string seen = "down;"; seen.size() < 15; seen += "down;") {
        server.accept().close();
        ASSERT_TRUE(client.printed(seen));
    }
}
