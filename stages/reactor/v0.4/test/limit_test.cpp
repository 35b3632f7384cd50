// The known limit of v0.4: whoever connects is let in, until the process has no fds left.
#include "testing.h"

#include <poll.h>
#include <time.h>

#include "tcp_client.h"
#include "tcp_server.h"

TEST(Limit, NothingHoldsTheThirdClientBackNorTheThirtieth)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        loop.event_process();
    });
    std::vector<kit::peer> clients;
    for (int i = 0; i < 30; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "let me in");
        EXPECT_EQ("1:let me in", clients.back().next());
    }
}

// And then the server does not even sleep: accept fails at once, for ever.
TEST(Limit, WithoutFdsTheServerSpins)
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
    EXPECT_TRUE(clients[1].silent());
    EXPECT_TRUE(kit::eventually([&] {
        clockid_t clock;
        timespec used = {};
        clock_getcpuclockid(server.pid, &clock);
        clock_gettime(clock, &used);
        return used.tv_sec > 0 || used.tv_nsec > 300000000;   // 300 ms of work for nothing
    })) << "the limit is gone: the server waits in peace";
    rlimit enough = {1024, 1024};   // whoever looks for leaks at the end needs some
    prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr);
}

// The client's known limit, until v0.7: it connects once.
TEST(Limit, AClientThatLostItsServerDoesNotComeBack)
{
    kit::listener server;
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", server.port, "client");
        kit::run_until(loop, [&] { return c.connected; });
        printf("connected;");
        kit::run_until(loop, [&] { return !c.connected; });
        printf("gone, send_message %d;", c.send_message("x", 1, 1));
        loop.event_process();
    }, kit::child::NOTHING);
    kit::peer conn = server.accept();
    EXPECT_TRUE(client.printed("connected;"));
    conn.close();
    EXPECT_TRUE(client.printed("gone, send_message -1;")) << client.output();
    EXPECT_EQ(1, kit::count_of(client.output(), "client: the connection has ended"));
    pollfd somebody = {server.fd, POLLIN, 0};
    EXPECT_EQ(0, poll(&somebody, 1, 2 * kit::SILENCE_MS)) << "the limit is gone: the client connected again";
}

TEST(Limit, AClientWhoseServerIsNotThereDoesNotTryAgain)
{
    uint16_t port = kit::free_port();
    kit::child client([&](uint16_t) {
        event_loop loop;
        tcp_client c(&loop, "127.0.0.1", port, "client");
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(client.printed("client: cannot connect"));
    kit::listener server(port);
    pollfd somebody = {server.fd, POLLIN, 0};
    EXPECT_EQ(0, poll(&somebody, 1, 2 * kit::SILENCE_MS)) << "the limit is gone: the client connected again";
}
