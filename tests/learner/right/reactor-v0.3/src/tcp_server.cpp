#include "tcp_server.h"

#include "tcp_conn.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    fprintf(stderr, "tcp_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void accept_callback(event_loop *, int, void *args)
{
    static_cast<tcp_server *>(args)->do_accept();
}

tcp_server::tcp_server(event_loop *loop, const char *ip, uint16_t port) : _loop(loop)
{
    _sockfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (_sockfd == -1) {
        die("socket");
    }
    int on = 1;
    if (setsockopt(_sockfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1) {
        die("setsockopt SO_REUSEADDR");
    }
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (inet_pton(AF_INET, ip, &addr.sin_addr) != 1) {
        errno = EINVAL;
        die(ip);
    }
    if (bind(_sockfd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        die("bind");
    }
    if (listen(_sockfd, SOMAXCONN) == -1) {
        die("listen");
    }
    if (_loop->add_io_event(_sockfd, accept_callback, EPOLLIN, this) == -1) {
        die("epoll_ctl");
    }
}

tcp_server::~tcp_server()
{
    _loop->del_io_event(_sockfd);
    close(_sockfd);
}

void tcp_server::do_accept()
{
    int connfd = accept4(_sockfd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connfd != -1) {
        new tcp_conn(connfd, _loop);   // ends itself
    }
}
