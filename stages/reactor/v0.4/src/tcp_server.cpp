#include "tcp_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tcp_conn.h"

static void accept_callback(event_loop *, int, void *args)
{
    static_cast<tcp_server *>(args)->do_accept();
}

tcp_server::tcp_server(event_loop *loop, const char *ip, uint16_t port) : _loop(loop)
{
    errno = EINVAL;   // what inet_pton means by "not 1"; the others say themselves what is wrong
    _sockfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // Without this a server cannot come back within a minute of its end.
    int on = 1;
    setsockopt(_sockfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (_sockfd == -1 || inet_pton(AF_INET, ip, &addr.sin_addr) != 1 ||
        bind(_sockfd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1 ||
        listen(_sockfd, SOMAXCONN) == -1 || _loop->add_io_event(_sockfd, accept_callback, EPOLLIN, this) == -1) {
        fprintf(stderr, "tcp_server: %s:%d: %s\n", ip, port, strerror(errno));
        exit(1);
    }
}

tcp_server::~tcp_server()
{
    _loop->del_io_event(_sockfd);
    close(_sockfd);
}

void tcp_server::do_accept()
{
    sockaddr_in addr;
    socklen_t len = sizeof addr;   // accept reads it: it must be set each time
    int connfd = accept4(_sockfd, reinterpret_cast<sockaddr *>(&addr), &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connfd == -1) {
        return;   // a client that has left again, say: no reason not to serve the others
    }
    new tcp_conn(connfd, _loop);   // ends itself when the client leaves
}
