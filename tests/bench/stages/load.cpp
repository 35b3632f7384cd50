// load PORT CONNECTIONS IN_FLIGHT SECONDS: keeps that many messages of 72 bytes (header and
// 64 bytes of body) on their way on each connection, checks what comes back, and prints how
// many came back each second. The first fifth of a second is not counted.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

static const int SIZE = 72;

static std::string message()
{
    std::string m("\1\0\0\0\100\0\0\0", 8);
    for (int i = 0; i < 64; i++) {
        m += static_cast<char>('0' + i);
    }
    return m;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: load port connections in-flight seconds\n");
        return 1;
    }
    int connections = atoi(argv[2]), in_flight = atoi(argv[3]);
    double seconds = atof(argv[4]);
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(static_cast<uint16_t>(atoi(argv[1])));
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    std::string one = message(), all;
    for (int i = 0; i < 65536 / SIZE + 2; i++) {
        all += one;
    }
    struct conn {
        int fd;
        long received;
    };
    std::vector<conn> conns(static_cast<size_t>(connections));
    int epfd = epoll_create1(0), on = 1;
    for (conn &c : conns) {
        c = {socket(AF_INET, SOCK_STREAM, 0), 0};
        if (connect(c.fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
            perror("load: connect");
            return 1;
        }
        setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event ev = {};
        ev.events = EPOLLIN;
        ev.data.ptr = &c;
        epoll_ctl(epfd, EPOLL_CTL_ADD, c.fd, &ev);
    }
    for (conn &c : conns) {
        if (send(c.fd, all.data(), static_cast<size_t>(SIZE * in_flight), MSG_NOSIGNAL) != SIZE * in_flight) {
            perror("load: send");
            return 1;
        }
    }

    typedef std::chrono::steady_clock clock;
    clock::time_point begin = clock::now() + std::chrono::milliseconds(200);
    clock::time_point end = begin + std::chrono::microseconds(static_cast<long>(seconds * 1e6));
    long messages = 0;
    epoll_event fired[256];
    char buf[65536];
    while (clock::now() < end) {
        int n = epoll_wait(epfd, fired, 256, 1000);
        bool counting = clock::now() >= begin;
        if (n == 0) {
            fprintf(stderr, "load: nothing came back for a second\n");
            return 1;
        }
        for (int i = 0; i < n; i++) {
            conn *c = static_cast<conn *>(fired[i].data.ptr);
            ssize_t got = recv(c->fd, buf, sizeof buf, 0);
            if (got <= 0 || memcmp(buf, all.data() + c->received % SIZE, static_cast<size_t>(got)) != 0) {
                fprintf(stderr, "load: %s\n", got <= 0 ? "the connection ended" : "wrong bytes came back");
                return 1;
            }
            long before = c->received / SIZE;
            c->received += got;
            long whole = c->received / SIZE - before;
            messages += counting ? whole : 0;
            if (whole > 0 && send(c->fd, all.data(), static_cast<size_t>(SIZE * whole), MSG_NOSIGNAL) != SIZE * whole) {
                perror("load: send");
                return 1;
            }
        }
    }
    printf("%.0f\n", static_cast<double>(messages) / seconds);
    return 0;
}
