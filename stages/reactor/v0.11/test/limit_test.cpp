// The known limit of v0.11: a callback knows nothing about its connection's past. All it can
// count with is user_data, which all connections share.
#include "testing.h"

#include "lars_reactor.h"

TEST(Limit, TheFirstMessageOfTheSecondClientIsCountedAsTheThird)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        std::atomic<int> messages(0);
        s.add_msg_router(1, [](const char *, uint32_t, int msgid, net_connection *conn, void *user_data) {
            std::string count = std::to_string(++*static_cast<std::atomic<int> *>(user_data));
            conn->send_message(count.data(), static_cast<int>(count.size()), msgid);
        }, &messages);
        loop.event_process();
    });
    kit::peer first(server.port), second(server.port);
    first.send_frame(1, "");
    EXPECT_EQ("1:1", first.next());
    first.send_frame(1, "");
    EXPECT_EQ("1:2", first.next());
    second.send_frame(1, "");
    EXPECT_EQ("1:3", second.next());
}
