// The course's programs include no more than this; so it stands first.
#include "tcp_server.h"

static void answer_twice(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, len, msgid);
    for (int fd = 0; fd < 1000; fd++) {
        if (tcp_server::conns[fd] == conn) {
            tcp_server::conns[fd]->send_message("found you", 9, 5);
        }
    }
}

static thread_queue<task_msg> *queue_of(thread_pool *pool)
{
    return pool->get_thread();
}

#include "testing.h"

TEST(Header, TcpServerAloneIsEnoughToSendOnAConnection)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, answer_twice);
        loop.event_process();
    });
    kit::peer client(server.port);
    client.send_frame(1, "in");
    EXPECT_EQ("1:in", client.next());
    EXPECT_EQ("5:found you", client.next());
}

TEST(Header, TcpServerAloneIsEnoughToHaveThreads)
{
    kit::child program([](uint16_t) {
        thread_pool pool(1);
        printf("%d;", queue_of(&pool) != nullptr && queue_of(&pool) == queue_of(&pool));
        pause();
    }, kit::child::NOTHING);
    EXPECT_TRUE(program.printed("1;"));
}
