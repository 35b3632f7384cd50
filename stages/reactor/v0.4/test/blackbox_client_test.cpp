#include "testing.h"

#include <type_traits>
#include <utility>

#include "tcp_client.h"

static void print_message(const char *data, uint32_t len, int msgid, tcp_client *, void *)
{
    printf("%d:%s;", msgid, std::string(data, len).c_str());
}

static kit::child::program client_of(uint16_t port)
{
    return [port](uint16_t) {
        event_loop loop;
        tcp_client client(&loop, "127.0.0.1", port, "client");
        client.set_msg_callback(print_message);
        loop.event_process();
    };
}

TEST(TcpClient, SaysHelloAndHearsTheAnswer)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:hello lars!", conn.next());
    conn.send(kit::frame(5, "answer") + kit::frame(6, ""));
    EXPECT_TRUE(client.printed("5:answer;6:;"));
}

TEST(TcpClient, Trap_R11_AnAnswerInManyPieces)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    for (char byte : kit::frame(7, "in pieces")) {
        conn.send(std::string(1, byte));
    }
    EXPECT_TRUE(client.printed("7:in pieces;"));
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
    EXPECT_EQ("1:hello lars!", again.next());
    again.send_frame(9, "whole");
    EXPECT_TRUE(client.printed("9:whole;"));
    EXPECT_EQ("9:whole;", client.output());
}

TEST(TcpClient, Trap_R15_AServerThatIsNotThereYet)
{
    uint16_t port = kit::free_port();
    kit::child client(client_of(port), kit::child::NOTHING);
    ASSERT_FALSE(kit::peer(port).ok());
    kit::listener server(port);
    EXPECT_EQ("1:hello lars!", server.accept().next());
}

TEST(TcpClient, Trap_R16_WritingToAResetConnectionDoesNotKill)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.set_msg_callback([](const char *, uint32_t, int, tcp_client *conn, void *) {
            for (int i = 0; i < 10; i++) {
                conn->send_message("x", 1, 1);
                conn->do_write();
                usleep(1000);
            }
        });
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_EQ("1:hello lars!", conn.next());
    conn.send_frame(1, "go on, write");
    conn.close();   // the first write is answered with a reset, the second would raise SIGPIPE
    EXPECT_EQ("1:hello lars!", server.accept().next());
}

TEST(TcpClient, Trap_R26_TooLongIsRefusedAtOnce)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.set_msg_callback([](const char *, uint32_t, int, tcp_client *conn, void *) {
            std::string big(70000, 'x');
            printf("%d %d %d %d;", conn->send_message(big.data(), 70000, 2), conn->send_message(big.data(), 65528, 2),
                   conn->send_message(big.data(), -1, 2), conn->send_message(big.data(), 65527, 2));
        });
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    conn.send_frame(1, "go");
    EXPECT_TRUE(conn.next() == "2:" + std::string(65527, 'x'));
    EXPECT_TRUE(client.printed("-1 -1 -1 0;"));
}

TEST(TcpClient, WithoutAConnectionNothingIsSent)
{
    kit::child client([&](uint16_t port) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", port, "client");
        printf("%d %d", c.connected, c.send_message("x", 1, 1));
    }, kit::child::NOTHING);
    EXPECT_EQ(0, client.wait());
    EXPECT_EQ("0 -1", client.output());
}

TEST(TcpClient, AServerThatLiesAboutALengthIsLeft)
{
    kit::listener server;
    kit::child client(client_of(server.port), kit::child::NOTHING);
    kit::peer conn = server.accept();
    conn.next();
    conn.send(kit::frame_head(1, -5) + "garbage");
    EXPECT_TRUE(conn.closed());
    EXPECT_EQ("1:hello lars!", server.accept().next());
}

static_assert(std::is_same<int, decltype(std::declval<tcp_client &>().do_read())>::value, "0, or -1 at the end");
static_assert(std::is_same<int, decltype(std::declval<tcp_client &>().do_write())>::value, "0, or -1 at the end");

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

// What a program sees that takes the body for a text: where it begins, and where it ends.
static void print_text(const char *data, uint32_t len, int msgid, tcp_client *, void *)
{
    printf("%d:%.10s %zu of %u;", msgid, data, strlen(data), len);
}

static kit::child::program text_client_of(uint16_t port)
{
    return [port](uint16_t) {
        event_loop loop;
        tcp_client client(&loop, "127.0.0.1", port, "client");
        client.set_msg_callback(print_text);
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
    EXPECT_TRUE(client.printed(seen)) << client.output();
    std::string next = kit::frame(9, "next");
    for (size_t cut = 1; cut < next.size(); cut++) {
        conn.send(kit::frame(8, "in") + next.substr(0, cut));
        seen += "8:in 2 of 2;";
        ASSERT_TRUE(client.printed(seen)) << client.output();
        conn.send(next.substr(cut));
        seen += "9:next 4 of 4;";
        ASSERT_TRUE(client.printed(seen)) << client.output();
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
        ASSERT_TRUE(client.printed(seen)) << size << " " << client.output();
        conn.send(kit::frame(8, std::string(size - 20, 'y')) + kit::frame(7, "tail"));   // as many bytes in all
        seen += "8:yyyyyyyyyy " + rest + " of " + rest + ";7:tail 4 of 4;";
        ASSERT_TRUE(client.printed(seen)) << size << " " << client.output();
    }
}

TEST(TcpClient, TheNulIsThereAlsoWhenTheCallbackHasClosedTheConnection)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        c.set_msg_callback([](const char *data, uint32_t len, int, tcp_client *conn, void *) {
            conn->clean_conn();
            print_text(data, len, 5, conn, NULL);
        });
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
        c.set_msg_callback([](const char *, uint32_t, int, tcp_client *conn, void *) {
            printf("again;");
            conn->clean_conn();
            conn->do_connect();
        });
        loop.event_process();
    }, kit::child::NOTHING);
    for (std::string seen = "again;"; seen.size() < 20; seen += "again;") {
        kit::peer conn = server.accept();
        conn.next();
        conn.send(kit::frame(5, "connect again") + kit::frame(5, "never seen"));
        ASSERT_TRUE(client.printed(seen)) << client.output();
    }
}
