#include "testing.h"

#include "lars_reactor.h"

TEST(UdpServer, Trap_R28_WhatIsNoMessageIsDroppedAndCounted)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        udp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, [](const char *data, uint32_t len, int, net_connection *conn, void *) {
            printf("%s %d;", std::string(data, len).c_str(), static_cast<int>(static_cast<udp_server *>(conn)->dropped()));
        });
        loop.event_process();
    });
    kit::udp_peer client(server.port);
    client.send(kit::frame(1, "good"));
    client.send("");
    client.send("abc");
    client.send("1234567");
    client.send(kit::frame_head(1, 5) + "four");
    client.send(kit::frame_head(1, 3) + "four");
    // A header alone, and then fewer bytes than a header, of which the old one would be true.
    for (const char *piece : {"", "abc", "1234567"}) {
        client.send(kit::frame_head(1, static_cast<int>(strlen(piece)) - 8));
        client.send(piece);
    }
    client.send(kit::frame(1, "after"));
    EXPECT_TRUE(server.printed("after"));
    EXPECT_EQ("good 0;after 11;", server.output());
}

TEST(UdpClient, NewsOfALostDatagramIsNoMessage)
{
    kit::child client([&](uint16_t port) {
        event_loop loop;
        udp_client c(&loop, "127.0.0.1", port);
        c.send_message("x", 1, 1);
        c.do_read();
        c.do_read();
        printf("alive, dropped %d;", static_cast<int>(c.dropped()));
    }, kit::child::NOTHING);
    EXPECT_EQ(0, client.wait());
    EXPECT_EQ("alive, dropped 0;", client.output());
}
