#include "sockets.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

namespace lars {

static void set_option(int fd, int level, int name, int value)
{
    // What these options improve works without them too.
    setsockopt(fd, level, name, &value, sizeof value);
}

status bind_socket(int type, const endpoint &address, unique_fd *out)
{
    const std::string what = (type == SOCK_STREAM ? "tcp " : "udp ") + address.to_string();
    unique_fd fd(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.valid())
        return status::from_errno("socket for " + what);
    // For UDP the option would let a second process share the port.
    if (type == SOCK_STREAM)
        set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    const sockaddr_in name = address.to_sockaddr();
    if (bind(fd.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) < 0)
        return status::from_errno("cannot use " + what);
    *out = std::move(fd);
    return {};
}

endpoint local_address(int fd)
{
    sockaddr_in name{};
    socklen_t size = sizeof name;
    if (getsockname(fd, reinterpret_cast<sockaddr *>(&name), &size) < 0)
        return {};
    return endpoint::from_sockaddr(name);
}

endpoint peer_address(int fd)
{
    sockaddr_in name{};
    socklen_t size = sizeof name;
    if (getpeername(fd, reinterpret_cast<sockaddr *>(&name), &size) < 0)
        return {};
    return endpoint::from_sockaddr(name);
}

void tune_stream(int fd, std::chrono::milliseconds send_timeout)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 20);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    constexpr int64_t LONGEST = std::numeric_limits<int>::max();
    if (send_timeout.count() > 0)
        set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
                   static_cast<int>(std::min<int64_t>(send_timeout.count(), LONGEST)));
}

}  // namespace lars
