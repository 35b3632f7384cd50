// The least an echo can cost: one thread, bare epoll, what is read is sent at once.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int, char **argv)
{
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(static_cast<uint16_t>(atoi(argv[1])));
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listening = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listening, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1 || listen(listening, 128) == -1) {
        perror("floor");
        return 1;
    }
    int epfd = epoll_create1(0);
    epoll_event ev = {};
    ev.events = EPOLLIN;
    ev.data.fd = listening;
    epoll_ctl(epfd, EPOLL_CTL_ADD, listening, &ev);
    epoll_event fired[64];
    static char buf[65536];
    while (true) {
        int n = epoll_wait(epfd, fired, 64, -1);
        for (int i = 0; i < n; i++) {
            int fd = fired[i].data.fd;
            if (fd == listening) {
                ev.data.fd = accept(listening, nullptr, nullptr);
                epoll_ctl(epfd, EPOLL_CTL_ADD, ev.data.fd, &ev);
                continue;
            }
            ssize_t got = recv(fd, buf, sizeof buf, 0);
            if (got <= 0 || send(fd, buf, static_cast<size_t>(got), MSG_NOSIGNAL) != got) {
                close(fd);
            }
        }
    }
}
