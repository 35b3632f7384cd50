#include "bounded_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace lars {

using std::chrono::steady_clock;

static constexpr size_t BLOCK = 16 << 10;
// Of a client that has a lot to send or take: so many bytes give it as much time again.
static constexpr size_t PROGRESS = 64 << 10;
static constexpr std::chrono::milliseconds LOOK_INTERVAL(100);
static constexpr std::chrono::milliseconds LINGER_TIME(1000);
static constexpr size_t LINGER_BYTES = 1 << 20;

bool bounded_stream::await(short events, time_point deadline) const
{
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        if (left <= milliseconds(0))
            return false;
        pollfd ready{_fd, events, 0};
        const int count = poll(&ready, 1, static_cast<int>(left.count()));
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
    }
}

bool bounded_stream::await_request(milliseconds within, const std::function<bool()> &go_on)
{
    const time_point deadline = steady_clock::now() + within;
    while (_at == _received.size()) {
        const time_point now = steady_clock::now();
        if (now >= deadline || !go_on())
            return false;
        if (await(POLLIN, std::min(deadline, now + LOOK_INTERVAL)))
            return true;
    }
    return true;
}

// Receives what is there, or waits for it. False at the end of the connection or of the time.
bool bounded_stream::fill(time_point deadline)
{
    if (_at > 0) {
        _received.erase(0, _at);
        _at = 0;
    }
    char block[BLOCK];
    for (;;) {
        const ssize_t got = recv(_fd, block, sizeof block, MSG_DONTWAIT);
        if (got > 0) {
            _received.append(block, static_cast<size_t>(got));
            return true;
        }
        const bool wait = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        if (!wait || !await(POLLIN, deadline))
            return false;
    }
}

bounded_stream::head_outcome bounded_stream::read_head(std::string *head, size_t longest,
                                                       milliseconds within)
{
    _read_time = within;
    _read_deadline = steady_clock::now() + within;
    size_t searched = 0;  // of what was received, from _at
    for (;;) {
        const size_t end = _received.find("\r\n\r\n", _at + searched);
        const size_t length = end == std::string::npos ? _received.size() - _at : end + 4 - _at;
        if (length > longest)
            return head_outcome::too_large;
        if (end != std::string::npos) {
            *head = _received.substr(_at, length);
            _at += length;
            return head_outcome::complete;
        }
        searched = length < 3 ? 0 : length - 3;
        if (steady_clock::now() >= _read_deadline)
            return head_outcome::too_slow;
        if (!fill(_read_deadline))
            return steady_clock::now() >= _read_deadline ? head_outcome::too_slow
                                                         : head_outcome::ended;
    }
}

void bounded_stream::begin_exchange(std::string head, uint64_t body, milliseconds write_time)
{
    _head = std::move(head);
    _head_at = 0;
    _body_left = body;
    _write_time = write_time;
    _writing = false;
    _progress = 0;
}

void bounded_stream::extend(time_point *deadline, size_t bytes, milliseconds time)
{
    _progress += bytes;
    if (_progress >= PROGRESS) {
        _progress = 0;
        *deadline = steady_clock::now() + time;
    }
}

ssize_t bounded_stream::read(char *to, size_t size)
{
    if (_head_at < _head.size()) {
        const size_t given = std::min(size, _head.size() - _head_at);
        std::copy_n(_head.data() + _head_at, given, to);
        _head_at += given;
        return static_cast<ssize_t>(given);
    }
    if (_body_left == 0)
        return 0;
    // Checked here too: a client that always has a byte ready would never be waited for.
    if (steady_clock::now() >= _read_deadline)
        return -1;
    if (_at == _received.size() && !fill(_read_deadline))
        return -1;
    const size_t given =
        static_cast<size_t>(std::min<uint64_t>({size, _received.size() - _at, _body_left}));
    std::copy_n(_received.data() + _at, given, to);
    _at += given;
    _body_left -= given;
    extend(&_read_deadline, given, _read_time);
    return static_cast<ssize_t>(given);
}

ssize_t bounded_stream::write(const char *from, size_t size)
{
    if (!_writing) {
        _writing = true;
        _progress = 0;
        _write_deadline = steady_clock::now() + _write_time;
    }
    size_t sent = 0;
    while (sent < size && !_broken) {
        const ssize_t count = send(_fd, from + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            sent += static_cast<size_t>(count);
            extend(&_write_deadline, static_cast<size_t>(count), _write_time);
            continue;
        }
        const bool wait = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        _broken = !wait || !await(POLLOUT, _write_deadline);
    }
    return _broken ? -1 : static_cast<ssize_t>(size);
}

void bounded_stream::linger()
{
    if (_broken || shutdown(_fd, SHUT_WR) != 0)
        return;
    const time_point deadline = steady_clock::now() + LINGER_TIME;
    size_t dropped = 0;
    while (dropped < LINGER_BYTES && steady_clock::now() < deadline) {
        _at = _received.size();
        if (!fill(deadline))
            return;
        dropped += _received.size();
    }
}

void bounded_stream::get_remote_ip_and_port(std::string &ip, int &port) const
{
    ip = ip_to_string(_peer.ip);
    port = _peer.port;
}

void bounded_stream::get_local_ip_and_port(std::string &ip, int &port) const
{
    ip.clear();
    port = 0;
}

}  // namespace lars
