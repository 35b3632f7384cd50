// The known limit of v0.2: while one client is connected, all others wait.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, TheSecondClientWaitsUntilTheFirstHasLeft)
{
    kit::child server([](uint16_t port) {
        tcp_server s("127.0.0.1", port);
        s.do_accept();
    });
    kit::peer first(server.port);
    first.send("first");
    ASSERT_EQ("first", first.recv(5));

    kit::peer second(server.port);
    second.send("second");
    EXPECT_TRUE(second.silent());

    first.close();
    EXPECT_EQ("second", second.recv(6));
}
