#include "watchers.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "endpoint.h"

namespace lars::bench {

bool watchers::start(uint16_t port, int count, const std::string &request,
                     const std::string &answer)
{
    const sockaddr_in address = endpoint{INADDR_LOOPBACK, port}.to_sockaddr();
    _epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
    _watchers.resize(static_cast<size_t>(count));
    for (watcher &one : _watchers) {
        one.fd = unique_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &one;
        if (connect(one.fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) !=
                0 ||
            epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, one.fd.get(), &event) != 0 ||
            send(one.fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
                static_cast<ssize_t>(request.size()))
            return std::perror("a watcher cannot connect"), false;
    }
    return wait_for(answer, answer.size()) != bench_clock::time_point();
}

bench_clock::time_point watchers::wait_for(const std::string &news, size_t size)
{
    for (watcher &one : _watchers)
        one.got = 0;
    size_t waiting = _watchers.size();
    while (waiting > 0) {
        epoll_event ready[256];
        const int count = epoll_wait(_epoll.get(), ready, 256, 10000);
        if (count <= 0)
            return std::fprintf(stderr, "%zu watchers heard of nothing\n", waiting),
                   bench_clock::time_point();
        for (int i = 0; i < count; ++i) {
            watcher &one = *static_cast<watcher *>(ready[i].data.ptr);
            char bytes[4096];
            const ssize_t got = recv(one.fd.get(), bytes, sizeof bytes, 0);
            const size_t more = got > 0 ? static_cast<size_t>(got) : 0;
            const std::string_view known =
                std::string_view(news).substr(std::min(one.got, news.size()), more);
            if (more == 0 || more > size - one.got ||
                known != std::string_view(bytes, known.size()))
                return std::fprintf(stderr, "a watcher got something else\n"),
                       bench_clock::time_point();
            one.got += more;
            waiting -= one.got == size ? 1 : 0;
        }
    }
    return bench_clock::now();
}

}  // namespace lars::bench
