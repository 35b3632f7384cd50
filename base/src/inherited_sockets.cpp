#include "inherited_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace lars {

static constexpr int FIRST = 3;
static constexpr int MOST = 1000;

static std::optional<int> number_in(const char *variable)
{
    const char *text = getenv(variable);
    int number = 0;
    if (!text || std::from_chars(text, text + std::strlen(text), number).ec != std::errc())
        return std::nullopt;
    return number;
}

// Nothing for what is no UDP socket of IPv4.
static std::optional<endpoint> udp_address(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_DGRAM)
        return std::nullopt;
    sockaddr_in name{};
    size = sizeof name;
    if (getsockname(fd, reinterpret_cast<sockaddr *>(&name), &size) < 0 ||
        name.sin_family != AF_INET)
        return std::nullopt;
    return endpoint::from_sockaddr(name);
}

inherited_sockets inherited_sockets::take()
{
    inherited_sockets taken;
    const auto count = number_in("LISTEN_FDS");
    const bool ours = number_in("LISTEN_PID") == getpid();
    for (const char *variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        unsetenv(variable);
    if (!ours || !count || *count < 0 || *count > MOST)
        return taken;
    for (int fd = FIRST; fd < FIRST + *count; ++fd) {
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
            taken._sockets.emplace_back(fd);
    }
    return taken;
}

unique_fd inherited_sockets::udp(const endpoint &address)
{
    for (unique_fd &socket : _sockets) {
        if (socket.valid() && udp_address(socket.get()) == address)
            return std::move(socket);
    }
    return unique_fd();
}

std::vector<endpoint> inherited_sockets::unused_udp() const
{
    std::vector<endpoint> addresses;
    for (const unique_fd &socket : _sockets) {
        if (const auto address = socket.valid() ? udp_address(socket.get()) : std::nullopt)
            addresses.push_back(*address);
    }
    return addresses;
}

}  // namespace lars
