#include "bare_echo.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lars::bench {

int listen_on_loopback(uint16_t *port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(*port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *where = reinterpret_cast<sockaddr *>(&address);
    const int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, where, length) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, where, &length) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

static void watch(int epoll, int fd)
{
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void serve_bare_echo(int listening)
{
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listening);
    static char buffer[65536];
    epoll_event ready[64];
    while (true) {
        const int count = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = ready[i].data.fd;
            if (fd == listening) {
                watch(epoll, accept(listening, nullptr, nullptr));
                continue;
            }
            const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0 || send(fd, buffer, static_cast<size_t>(got), MSG_NOSIGNAL) != got)
                close(fd);
        }
    }
}

}  // namespace lars::bench
