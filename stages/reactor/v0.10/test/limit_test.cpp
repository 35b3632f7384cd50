// The known limit of v0.10: the server can only answer. The connections of another thread are
// out of reach, so that one client's coming cannot be told to the others.
#include "testing.h"

#include "lars_reactor.h"

TEST(Limit, WhoIsAlreadyThereHearsNothingOfANewOne)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.set_conn_start([](net_connection *conn, void *) { conn->send_message("somebody came", 13, 101); });
        loop.event_process();
    });
    kit::peer first(server.port);
    EXPECT_EQ("101:somebody came", first.next());
    kit::peer second(server.port);
    EXPECT_EQ("101:somebody came", second.next());
    EXPECT_TRUE(first.silent());
}
