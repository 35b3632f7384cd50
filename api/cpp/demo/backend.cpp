// A TCP server for the demo: answers each line with its name and that line.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

#include "tool_args.h"

static constexpr size_t MAX_LINE = 4096;
static constexpr size_t MAX_CONNECTIONS = 900;  // further ones wait in the backlog

// Everything here fits one write of a few kilobytes, so a connection whose
// answer does not leave at once belongs to a peer that does not read: it goes.
static bool answer_lines(int fd, const std::string &name, std::string &pending)
{
    char space[4096];
    const ssize_t got = ::recv(fd, space, sizeof space, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    pending.append(space, static_cast<size_t>(got));

    std::string answers;
    size_t start = 0;
    for (size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1)
        answers += name + " " + pending.substr(start, end - start) + "\n";
    pending.erase(0, start);
    if (pending.size() > MAX_LINE)
        return false;
    return ::send(fd, answers.data(), answers.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(answers.size());
}

static volatile std::sig_atomic_t ended = 0;

// Serves until a signal comes, which can only come while it waits, with WHILE_WAITING blocked.
static void serve(int listener, const std::string &name, const sigset_t &while_waiting)
{
    std::map<int, std::string> connections;  // fd, and its line so far
    std::vector<pollfd> waiting;
    while (!ended) {
        waiting.clear();
        for (const auto &[fd, pending] : connections)
            waiting.push_back({fd, POLLIN, 0});
        if (connections.size() < MAX_CONNECTIONS)
            waiting.push_back({listener, POLLIN, 0});
        if (::ppoll(waiting.data(), waiting.size(), nullptr, &while_waiting) < 0)
            continue;

        for (const pollfd &event : waiting) {
            if (event.revents == 0)
                continue;
            if (event.fd == listener) {
                const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd >= 0)
                    connections[fd];
                else if (errno == EMFILE || errno == ENFILE)
                    ::poll(nullptr, 0, 10);
            } else if (!answer_lines(event.fd, name, connections[event.fd])) {
                connections.erase(event.fd);
                ::close(event.fd);
            }
        }
    }
}

// The listening socket, or -1 with errno; PORT becomes the one bound.
static int listen_on(const std::string &ip, int &port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    const int on = 1;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    if (::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(fd, reinterpret_cast<sockaddr *>(&address), size) != 0 || ::listen(fd, 1024) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
        const int failed = errno;
        ::close(fd);
        errno = failed;
        return -1;
    }
    port = ntohs(address.sin_port);
    return fd;
}

static bool tell_ready(int fd, const std::string &ip, int port)
{
    const std::string line = "ready " + ip + ":" + std::to_string(port) + "\n";
    const bool told = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (fd > STDERR_FILENO)
        ::close(fd);
    return told;
}

int main(int argc, char **argv)
{
    lars::tool_args args(argc, argv, "IP PORT NAME [--ready-fd N]",
                         "  --ready-fd   where to write 'ready IP:PORT' (default 1, stdout);"
                         " PORT 0 takes a free one\n");
    const int ready_fd = args.option_number("--ready-fd", 0, 65535).value_or(STDOUT_FILENO);
    const std::string ip = args.ip("IP");
    int port = args.number("PORT", 0, 65535);
    const std::string name = args.text("NAME");
    if (!args.finish())
        return args.exit_status();

    sigset_t ending, before;
    sigemptyset(&ending);
    for (int number : {SIGTERM, SIGINT}) {
        sigaddset(&ending, number);
        std::signal(number, [](int) { ended = 1; });
    }
    sigprocmask(SIG_BLOCK, &ending, &before);
    std::signal(SIGPIPE, SIG_IGN);

    const int listener = listen_on(ip, port);
    if (listener < 0) {
        std::fprintf(stderr, "lars_demo_backend: cannot listen on %s:%d: %s\n", ip.c_str(), port,
                     std::strerror(errno));
        return 1;
    }
    if (!tell_ready(ready_fd, ip, port)) {
        std::fprintf(stderr, "lars_demo_backend: --ready-fd %d: %s\n", ready_fd,
                     std::strerror(errno));
        return 1;
    }
    serve(listener, name, before);
}
