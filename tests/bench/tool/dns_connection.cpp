#include "dns_connection.h"

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>

#include "message.h"

namespace lars::bench {

static constexpr timeval WITHIN = {3, 0};  // for a connect, and for a send

status dns_connection::open(const endpoint &server)
{
    const sockaddr_in address = server.to_sockaddr();
    const int on = 1;
    _server = server;
    _received.clear();
    _fd = unique_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!_fd.valid())
        return status::from_errno("socket");
    setsockopt(fd(), SOL_SOCKET, SO_SNDTIMEO, &WITHIN, sizeof WITHIN);
    setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return {};
    const int error = errno == EINPROGRESS ? ETIMEDOUT : errno;
    if (error == EADDRNOTAVAIL)
        return status::error("this machine has no port left for a connection to " +
                             server.to_string() + ": see net.ipv4.ip_local_port_range");
    return status::from_errno("nobody answers at " + server.to_string(), error);
}

status dns_connection::send(const std::string &bytes)
{
    if (::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(bytes.size()))
        return {};
    return status::error(_server.to_string() + " has closed a connection, or does not read it");
}

status dns_connection::receive(const module_id &module, const taker &take)
{
    char bytes[65536];
    const ssize_t got = recv(fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return {};
    if (got <= 0)
        return status::error(
            _server.to_string() +
            " has closed a connection: see its maxConn, maxConnPerAddress and allow");
    // As a rule whole frames come, and need no copy.
    if (_received.empty()) {
        std::string_view all(bytes, static_cast<size_t>(got));
        const status s = take_frames(module, take, &all);
        _received = all;
        return s;
    }
    _received.append(bytes, static_cast<size_t>(got));
    std::string_view all = _received;
    const status s = take_frames(module, take, &all);
    _received.erase(0, _received.size() - all.size());
    return s;
}

status dns_connection::take_frames(const module_id &module, const taker &take,
                                   std::string_view *bytes)
{
    while (bytes->size() >= MESSAGE_HEAD_LEN) {
        const msg_head head = decode_head(bytes->data());
        if (head.msgid != ID_GetRouteResponse || head.msglen < 0 ||
            static_cast<size_t>(head.msglen) > MESSAGE_LENGTH_LIMIT)
            return status::error(_server.to_string() + " sends what is no answer of a lars_dns");
        if (bytes->size() < MESSAGE_HEAD_LEN + static_cast<size_t>(head.msglen))
            break;
        if (!_answer.ParseFromArray(bytes->data() + MESSAGE_HEAD_LEN, head.msglen))
            return status::error(_server.to_string() + " sends an answer that cannot be read");
        if (module != module_id{_answer.modid(), _answer.cmdid()})
            return status::error(_server.to_string() + " answers about another module");
        if (const status s = take(_answer); !s)
            return s;
        bytes->remove_prefix(MESSAGE_HEAD_LEN + static_cast<size_t>(head.msglen));
    }
    return {};
}

std::string lookup_frame(const module_id &module, uint32_t seq)
{
    GetRouteRequest request;
    request.set_modid(module.modid);
    request.set_cmdid(module.cmdid);
    request.set_seq(seq);
    const std::string body = request.SerializeAsString();
    char head[MESSAGE_HEAD_LEN];
    encode_head({ID_GetRouteRequest, static_cast<int32_t>(body.size())}, head);
    return std::string(head, sizeof head) + body;
}

void raise_descriptor_limit()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace lars::bench
