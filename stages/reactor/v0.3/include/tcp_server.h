// A TCP server: listens on one address and serves whoever connects.
#pragma once

#include <cstdint>

#include "event_loop.h"

class tcp_server {
public:
    // Binds, listens, and has the loop call do_accept(). When that fails (port taken, wrong
    // address) it says why and ends the process: a constructor has no result to give back.
    tcp_server(event_loop *loop, const char *ip, uint16_t port);
    ~tcp_server();
    tcp_server(const tcp_server &) = delete;
    tcp_server &operator=(const tcp_server &) = delete;

    // Accepts the next client: the loop says that there is one.
    void do_accept();

private:
    event_loop *_loop;
    int _sockfd;
};
