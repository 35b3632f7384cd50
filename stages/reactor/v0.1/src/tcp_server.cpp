#include "tcp_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

tcp_server::tcp_server(const char *ip, uint16_t port)
{
    errno = EINVAL;   // what inet_pton means by "not 1"; the others say themselves what is wrong
    _sockfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // Without this a server cannot come back within a minute of its end.
    int on = 1;
    setsockopt(_sockfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (_sockfd == -1 || inet_pton(AF_INET, ip, &addr.sin_addr) != 1 ||
        bind(_sockfd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1 ||
        listen(_sockfd, SOMAXCONN) == -1) {
        fprintf(stderr, "tcp_server: %s:%d: %s\n", ip, port, strerror(errno));
        exit(1);
    }
}

tcp_server::~tcp_server()
{
    close(_sockfd);
}

void tcp_server::do_accept()
{
    while (true) {
        sockaddr_in addr;
        socklen_t len = sizeof addr;   // accept reads it: it must be set each time
        int connfd = accept4(_sockfd, reinterpret_cast<sockaddr *>(&addr), &len, SOCK_CLOEXEC);
        if (connfd == -1) {
            continue;   // a client that has left again, say: no reason not to serve the next
        }
        const char *msg = "hello Lars\n";
        send(connfd, msg, strlen(msg), MSG_NOSIGNAL);
        close(connfd);
    }
}
