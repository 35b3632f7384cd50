#include "inherited_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

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

unique_fd inherited_sockets::find(const endpoint &address)
{
    for (unique_fd &socket : _sockets) {
        if (socket.valid() && udp_address(socket.get()) == address)
            return std::move(socket);
    }
    return unique_fd();
}

// The name of a copy: one may not hold a colon.
static std::string name_of(const endpoint &address)
{
    std::string name = address.to_string();
    std::replace(name.begin(), name.end(), ':', '-');
    return name;
}

// Nothing if there is no manager.
static std::optional<sockaddr_un> manager_address(socklen_t *size)
{
    const char *path = getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    const size_t length = path ? std::strlen(path) : 0;
    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return std::nullopt;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, length);
    // A name of Linux's own, which is in no file system.
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    *size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    return address;
}

// With a descriptor, unless that is negative. It never waits.
static void tell_manager(const std::string &text, int descriptor)
{
    socklen_t size = 0;
    auto address = manager_address(&size);
    const unique_fd to(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!address || !to.valid())
        return;
    iovec body{const_cast<char *>(text.data()), text.size()};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof descriptor)] = {};
    msghdr message{};
    message.msg_name = &*address;
    message.msg_namelen = size;
    message.msg_iov = &body;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        cmsghdr *const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    }
    [[maybe_unused]] const ssize_t sent = sendmsg(to.get(), &message, MSG_NOSIGNAL);
}

void inherited_sockets::drop_others()
{
    for (const unique_fd &socket : _sockets) {
        if (const auto address = socket.valid() ? udp_address(socket.get()) : std::nullopt)
            tell_manager("FDSTOREREMOVE=1\nFDNAME=" + name_of(*address), -1);
    }
    _sockets.clear();
}

void keep_for_next_start(int socket, const endpoint &address)
{
    tell_manager("FDSTORE=1\nFDNAME=" + name_of(address), socket);
}

}  // namespace lars
