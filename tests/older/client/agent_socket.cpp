#include "agent_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lars {

agent_socket::~agent_socket()
{
    close();
}

// A process that was forked may have closed all that it had inherited, and then have opened
// something of its own, which got our number.
bool agent_socket::is_still_ours() const
{
    struct stat found {};
    return fstat(_fd, &found) == 0 && found.st_dev == _device && found.st_ino == _inode;
}

void agent_socket::close()
{
    if (_fd >= 0 && is_still_ours())
        ::close(_fd);
    _fd = -1;
}

bool agent_socket::open(const std::string &ip, int port, std::string &why)
{
    _peer = ip + ":" + std::to_string(port);

    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1) {
        why = "agent address '" + ip + "' is not an IPv4 address";
        return false;
    }
    address.sin_port = htons(static_cast<uint16_t>(port));

    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct stat found {};
    if (fd < 0 || fstat(fd, &found) != 0 ||
        ::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        why = describe(errno);
        if (fd >= 0)
            ::close(fd);
        return false;
    }
    _fd = fd;
    _device = found.st_dev;
    _inode = found.st_ino;
    return true;
}

bool agent_socket::send(const void *data, size_t size, std::string &why)
{
    // An earlier report that nobody received leaves its refusal pending, and
    // the next send fetches it instead of sending. The agent may be back.
    for (int tries = 0; tries < 2; ++tries) {
        if (::send(_fd, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size))
            return true;
    }
    why = describe(errno);
    return false;
}

ssize_t agent_socket::receive(void *data, size_t space, clock::time_point deadline,
                              std::string &why)
{
    while (true) {
        const auto left = std::max(clock::duration::zero(), deadline - clock::now());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        timespec timeout{};
        timeout.tv_sec = static_cast<time_t>(seconds.count());
        timeout.tv_nsec = static_cast<long>(std::chrono::nanoseconds(left - seconds).count());

        pollfd wait{_fd, POLLIN, 0};
        const int ready = ::ppoll(&wait, 1, &timeout, nullptr);
        if (ready > 0) {
            const ssize_t size = ::recv(_fd, data, space, 0);
            if (size >= 0)
                return size;
            // EAGAIN: it was there, but its checksum was wrong.
            if (errno != EINTR && errno != EAGAIN) {
                why = describe(errno);
                return -1;
            }
        } else if (ready < 0 && errno != EINTR) {
            why = describe(errno);
            return -1;
        }
        if (left == clock::duration::zero()) {
            why = "no answer from the agent at " + _peer + " before the deadline";
            return -1;
        }
    }
}

std::string agent_socket::describe(int err) const
{
    if (err == ECONNREFUSED)
        return "no agent at " + _peer;
    return "agent at " + _peer + ": " + std::strerror(err);
}

}  // namespace lars
