// The known limits of v0.12, which the final library lifts.
#include "testing.h"

#include "lars_reactor.h"

// One server a process: what is said to one is said to both.
TEST(Limit, TwoServersShareTheirCallbacks)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server first(&loop, "127.0.0.1", port), second(&loop, "127.0.0.1", 0);
        int of_first = first.add_msg_router(1, [](const char *, uint32_t, int, net_connection *, void *) {});
        int of_second = second.add_msg_router(1, [](const char *, uint32_t, int, net_connection *, void *) {});
        printf("first %d, second %d;", of_first, of_second);
        loop.event_process();
    });
    EXPECT_TRUE(server.printed("first 0, second -1;"));
}

// No back-pressure: send_message says yes until the connection is lost.
TEST(Limit, ASenderIsNotToldToSlowDown)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.set_conn_start([](net_connection *conn, void *) {
            std::string part(60000, 'x');
            int taken = 0;
            while (conn->send_message(part.data(), 60000, 1) == 0) {
                taken++;
            }
            printf("taken %d, fd %d;", taken, conn->get_fd());
        });
        loop.event_process();
    });
    kit::peer client(server.port);
    EXPECT_TRUE(server.printed("taken 139, fd -1;")) << server.output();   // 139 * 60008 bytes: 8 MB
}
