#include "local_meeting.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "local_layout.h"

namespace lars {

// What one answer of an agent's consists of, as far as it is there.
struct received {
    local::greeting greeting{};
    std::vector<owned_fd> descriptors;
    bool whole = false;
};

bool is_socket_path(const std::string &path)
{
    return path.size() > 1 && path.size() < sizeof(sockaddr_un::sun_path) && path[0] == '/' &&
           path.find('\0') == std::string::npos;
}

bool local_meeting::begin(const std::string &path, std::string &why)
{
    _path = path;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);

    owned_fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    local::greeting hello{};
    hello.magic = local::GREETING_MAGIC;
    hello.version = local::LAYOUT_VERSION;
    if (!socket.is_open() ||
        ::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        ::send(socket.get(), &hello, sizeof hello, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof hello) {
        why = path + ": " + std::strerror(errno);
        return false;
    }
    _socket = std::move(socket);
    return true;
}

// Every descriptor of the message has an owner afterwards, however many they are.
static void take_descriptors(msghdr &message, std::vector<owned_fd> &to)
{
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t size = part->cmsg_len - CMSG_LEN(0);
        for (size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
            to.emplace_back(fd);
        }
    }
}

// Returns what recvmsg(2) does.
static ssize_t receive(int socket, received &to)
{
    alignas(cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
    iovec bytes{&to.greeting, sizeof to.greeting};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    const ssize_t size = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size >= 0)
        take_descriptors(message, to.descriptors);
    to.whole = size == sizeof to.greeting && (message.msg_flags & MSG_CTRUNC) == 0;
    return size;
}

// Empty if it is the answer of an agent that can be met.
static std::string fault_of(const received &got)
{
    const local::greeting &hello = got.greeting;
    if (!got.whole || hello.magic != local::GREETING_MAGIC)
        return "what answers is no Lars agent";
    if (hello.outcome == local::OTHER_VERSION || hello.version != local::LAYOUT_VERSION)
        return "the agent's layout has version " + std::to_string(hello.version) +
               ", and this library's " + std::to_string(local::LAYOUT_VERSION);
    if (hello.outcome == local::TOO_MANY_CLIENTS)
        return "the agent has as many clients as it may have";
    if (hello.outcome == local::OUT_OF_MEMORY)
        return "the agent is out of memory or descriptors";
    if (hello.outcome != local::MET)
        return "the agent answered with outcome " + std::to_string(hello.outcome);
    if (got.descriptors.size() != 2)
        return "the agent passed " + std::to_string(got.descriptors.size()) +
               " descriptors, and not a table's and a page's";
    return "";
}

local_meeting::answer local_meeting::look(gifts &brought, std::string &why)
{
    received got;
    const ssize_t size = receive(_socket.get(), got);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return answer::none_yet;
    owned_fd connection = std::move(_socket);
    if (size <= 0) {
        why = _path + ": " +
              (size < 0 ? std::strerror(errno) : "the agent closed the connection unanswered");
        return answer::refused;
    }
    const std::string fault = fault_of(got);
    if (!fault.empty()) {
        why = _path + ": " + fault;
        return answer::refused;
    }
    brought = {std::move(connection), std::move(got.descriptors[0]), std::move(got.descriptors[1])};
    return answer::met;
}

}  // namespace lars
