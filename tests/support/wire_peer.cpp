#include "wire_peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace lars::test {

namespace {

using steady = std::chrono::steady_clock;

sockaddr_in address_of(uint32_t ip, uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(ip);
    address.sin_port = htons(port);
    return address;
}

// False when time is up first.
bool wait_for(int fd, short events, steady::time_point deadline)
{
    pollfd wanted{fd, events, 0};
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now()).count();
        const int ready = poll(&wanted, 1, left > 0 ? static_cast<int>(left) : 0);
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

uint32_t le32(const std::string &bytes, size_t at)
{
    uint32_t value = 0;
    for (size_t i = 4; i > 0; --i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}

}  // namespace

wire_peer::~wire_peer()
{
    close();
}

wire_peer::wire_peer(wire_peer &&other) noexcept
{
    *this = std::move(other);
}

wire_peer &wire_peer::operator=(wire_peer &&other) noexcept
{
    std::swap(_fd, other._fd);
    std::swap(_datagrams, other._datagrams);
    std::swap(_eof, other._eof);
    std::swap(_answers, other._answers);
    std::swap(_other_ip, other._other_ip);
    std::swap(_other_port, other._other_port);
    std::swap(_received, other._received);
    return *this;
}

bool wire_peer::open(int type)
{
    close();
    _datagrams = type == SOCK_DGRAM;
    _fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return _fd >= 0;
}

bool wire_peer::connect_tcp(uint16_t port, const std::string &ip, milliseconds within)
{
    in_addr wanted{};
    if (inet_pton(AF_INET, ip.c_str(), &wanted) != 1 || !open(SOCK_STREAM))
        return false;
    const sockaddr_in address = address_of(ntohl(wanted.s_addr), port);
    if (connect(_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return true;
    int error = errno;
    socklen_t size = sizeof error;
    if (error == EINPROGRESS && wait_for(_fd, POLLOUT, steady::now() + within))
        getsockopt(_fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
        close();
    return error == 0;
}

bool wire_peer::connect_udp(uint16_t port, const std::string &ip)
{
    in_addr wanted{};
    if (inet_pton(AF_INET, ip.c_str(), &wanted) != 1 || !open(SOCK_DGRAM))
        return false;
    const sockaddr_in address = address_of(ntohl(wanted.s_addr), port);
    return connect(_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
}

bool wire_peer::listen_on(int type, uint16_t port)
{
    if (!open(type))
        return false;
    const int yes = 1;
    if (type == SOCK_STREAM)
        setsockopt(_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = address_of(INADDR_LOOPBACK, port);
    return bind(_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0 &&
           (type == SOCK_DGRAM || listen(_fd, 128) == 0);
}

bool wire_peer::listen_tcp(uint16_t port)
{
    return listen_on(SOCK_STREAM, port);
}

bool wire_peer::listen_udp(uint16_t port)
{
    _answers = listen_on(SOCK_DGRAM, port);
    return _answers;
}

std::optional<wire_peer> wire_peer::accept(milliseconds within)
{
    if (!wait_for(_fd, POLLIN, steady::now() + within))
        return std::nullopt;
    wire_peer taken;
    taken._fd = accept4(_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (taken._fd < 0)
        return std::nullopt;
    return taken;
}

uint16_t wire_peer::port() const
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    return getsockname(_fd, reinterpret_cast<sockaddr *>(&address), &size) == 0
               ? ntohs(address.sin_port)
               : 0;
}

uint16_t wire_peer::other_port() const
{
    if (_answers)
        return _other_port;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    return getpeername(_fd, reinterpret_cast<sockaddr *>(&address), &size) == 0
               ? ntohs(address.sin_port)
               : 0;
}

void wire_peer::close()
{
    if (_fd >= 0)
        ::close(_fd);
    _fd = -1;
    _eof = false;
    _answers = false;
    _received.clear();
}

void wire_peer::reset()
{
    const linger at_once{1, 0};
    setsockopt(_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void wire_peer::end_sending()
{
    shutdown(_fd, SHUT_WR);
}

bool wire_peer::send_frame(int32_t msgid, const std::string &body, milliseconds within)
{
    return send_bytes(encode_frame(msgid, body), within);
}

bool wire_peer::send_bytes(const std::string &bytes, milliseconds within)
{
    const auto deadline = steady::now() + within;
    const sockaddr_in other = address_of(_other_ip, _other_port);
    size_t sent = 0;
    while (true) {
        const ssize_t taken =
            _answers ? sendto(_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr *>(&other), sizeof other)
                     : send(_fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (taken < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (taken < 0 && errno == EAGAIN && !wait_for(_fd, POLLOUT, deadline))
            return false;
        if (taken >= 0)
            sent += static_cast<size_t>(taken);
        if (taken >= 0 && (_datagrams || sent == bytes.size()))
            return true;
    }
}

// One more read into _received; false when there is nothing to come.
bool wire_peer::fill(steady::time_point deadline)
{
    while (!_eof && _fd >= 0 && wait_for(_fd, POLLIN, deadline)) {
        std::string piece(65536, '\0');
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const ssize_t got =
            recvfrom(_fd, &piece[0], piece.size(), 0, reinterpret_cast<sockaddr *>(&from), &size);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (_datagrams && got < 0 && errno == ECONNREFUSED)
            continue;  // an earlier datagram found nobody; the next may
        if (got < 0 || (got == 0 && !_datagrams)) {
            _eof = true;
            return false;
        }
        if (_answers) {
            _other_ip = ntohl(from.sin_addr.s_addr);
            _other_port = ntohs(from.sin_port);
        }
        _received.append(piece, 0, static_cast<size_t>(got));
        return true;
    }
    return false;
}

std::optional<wire_frame> wire_peer::take_frame()
{
    constexpr size_t header = 8;
    if (_received.size() < header)
        return std::nullopt;
    const size_t length = le32(_received, 4);
    if (_received.size() - header < length)
        return std::nullopt;
    wire_frame frame{static_cast<int32_t>(le32(_received, 0)), _received.substr(header, length)};
    _received.erase(0, header + length);
    return frame;
}

std::optional<wire_frame> wire_peer::receive_frame(milliseconds within)
{
    const auto deadline = steady::now() + within;
    if (_datagrams) {
        _received.clear();
        if (!fill(deadline))
            return std::nullopt;
        auto frame = take_frame();
        return _received.empty() ? frame : std::nullopt;
    }
    while (true) {
        if (auto frame = take_frame())
            return frame;
        if (!fill(deadline))
            return std::nullopt;
    }
}

std::string wire_peer::receive_bytes(milliseconds within)
{
    if (_datagrams)
        _received.clear();
    if (_received.empty())
        fill(steady::now() + within);
    return std::exchange(_received, std::string());
}

bool wire_peer::wait_eof(milliseconds within)
{
    const auto deadline = steady::now() + within;
    while (fill(deadline)) {}
    return _eof;
}

}  // namespace lars::test
