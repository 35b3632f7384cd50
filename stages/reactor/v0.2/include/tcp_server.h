// A TCP server: listens on one address and serves whoever connects.
#pragma once

#include <cstdint>

class tcp_server {
public:
    // Binds and listens. When that fails (port taken, wrong address) it says why and ends
    // the process: a constructor has no result to give back.
    tcp_server(const char *ip, uint16_t port);
    ~tcp_server();
    tcp_server(const tcp_server &) = delete;
    tcp_server &operator=(const tcp_server &) = delete;

    // Accepts clients, one after another, for ever.
    void do_accept();

private:
    int _sockfd;
};
