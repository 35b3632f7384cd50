// The known limit of v0.1: a client is only talked at, what it says is never heard.
#include "testing.h"

#include "tcp_server.h"

TEST(Limit, WhatAClientSaysGetsNoAnswer)
{
    kit::child server([](uint16_t port) {
        tcp_server s("127.0.0.1", port);
        s.do_accept();
    });
    kit::peer client(server.port);
    client.send("ping");
    EXPECT_EQ(std::string::npos, client.recv_all().find("ping"));
    EXPECT_TRUE(client.closed());
}
