#pragma once

#include "event_loop.h"

#include <cstdint>

class tcp_server {
public:
    tcp_server(event_loop *loop, const char *ip, uint16_t port);
    ~tcp_server();
    tcp_server(const tcp_server &) = delete;
    tcp_server &operator=(const tcp_server &) = delete;

    void do_accept();

private:
    event_loop *_loop;
    int _sockfd;
};
