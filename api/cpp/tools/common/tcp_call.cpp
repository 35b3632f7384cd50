#include "tcp_call.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace lars {

using clock_type = std::chrono::steady_clock;

static constexpr size_t MAX_ANSWER = 65536;

static int milliseconds_since(clock_type::time_point start)
{
    return static_cast<int>(
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - start).count());
}

// Each step returns 0 or an errno.
static int wait_for(int fd, short events, clock_type::time_point until)
{
    while (true) {
        const int left = -milliseconds_since(until);
        if (left <= 0)
            return ETIMEDOUT;
        pollfd wait{fd, events, 0};
        const int ready = ::poll(&wait, 1, left);
        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return errno;
    }
}

static int connect_to(int fd, const std::string &ip, int port, clock_type::time_point until)
{
    // A reset instead of a polite close: thousands of calls a second would
    // otherwise leave every local port in TIME_WAIT.
    const linger reset{1, 0};
    if (::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0)
        return errno;

    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    if (inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1)
        return EINVAL;
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (const int failed = wait_for(fd, POLLOUT, until))
        return failed;
    int failed = 0;
    socklen_t size = sizeof failed;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 ? failed : errno;
}

static int send_all(int fd, const std::string &data, clock_type::time_point until)
{
    for (size_t sent = 0; sent < data.size();) {
        const ssize_t done = ::send(fd, data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
        if (done >= 0) {
            sent += static_cast<size_t>(done);
        } else if (errno == EAGAIN) {
            if (const int failed = wait_for(fd, POLLOUT, until))
                return failed;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int read_line(int fd, std::string &line, clock_type::time_point until)
{
    while (line.size() < MAX_ANSWER) {
        if (const int failed = wait_for(fd, POLLIN, until))
            return failed;
        char space[4096];
        const ssize_t got = ::recv(fd, space, sizeof space, 0);
        if (got == 0)
            return ECONNRESET;
        if (got < 0) {
            if (errno != EINTR && errno != EAGAIN)
                return errno;
            continue;
        }
        line.append(space, static_cast<size_t>(got));
        const size_t end = line.find('\n');
        if (end != std::string::npos) {
            line.resize(end);
            return 0;
        }
    }
    return EMSGSIZE;
}

static int call(int fd, const std::string &ip, int port, const std::string &request,
                std::string &answer, clock_type::time_point until)
{
    if (const int failed = connect_to(fd, ip, port, until))
        return failed;
    if (request.empty())
        return 0;
    if (const int failed = send_all(fd, request + "\n", until))
        return failed;
    return read_line(fd, answer, until);
}

tcp_outcome tcp_call(const std::string &ip, int port, const std::string &request, int timeout_ms)
{
    const auto start = clock_type::now();
    tcp_outcome outcome;
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        outcome.retcode = errno;
        return outcome;
    }
    outcome.retcode =
        call(fd, ip, port, request, outcome.answer, start + std::chrono::milliseconds(timeout_ms));
    ::close(fd);
    outcome.milliseconds = milliseconds_since(start);
    return outcome;
}

}  // namespace lars
