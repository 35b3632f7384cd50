#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers.h"
#include "service.h"

namespace lars::bench {

static void watch(int epoll, int fd)
{
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

status serve_bare_tcp(int ready_fd)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *where = reinterpret_cast<sockaddr *>(&address);
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, where, length) != 0 || listen(listening, SOMAXCONN) != 0 ||
        getsockname(listening, where, &length) != 0)
        return status::from_errno("listen");
    announce_ready(ready_fd, {endpoint::from_sockaddr(address)});

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
