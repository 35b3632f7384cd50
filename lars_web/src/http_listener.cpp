#include "http_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "start_thread.h"

namespace lars {

static constexpr int BACKLOG = 128;
static constexpr std::chrono::milliseconds STOP_TIME(1000);  // for running answers
static constexpr std::chrono::milliseconds RETRY_TIME(50);   // where the system has no more fds

status http_listener::listen(const endpoint &address)
{
    const std::string where = "cannot serve at " + address.to_string();
    _socket.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!_socket.valid())
        return status::from_errno(where);
    const int on = 1;
    setsockopt(_socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at = address.to_sockaddr();
    socklen_t size = sizeof at;
    if (bind(_socket.get(), reinterpret_cast<const sockaddr *>(&at), sizeof at) != 0 ||
        ::listen(_socket.get(), BACKLOG) != 0 ||
        getsockname(_socket.get(), reinterpret_cast<sockaddr *>(&at), &size) != 0)
        return status::from_errno(where);
    _address = endpoint::from_sockaddr(at);
    return {};
}

status http_listener::start(const endpoint &address, const std::function<worker()> &make_worker)
{
    if (status s = listen(address); !s)
        return s;
    _workers.resize(_limits.workers);
    for (std::thread &thread : _workers) {
        // Made here, one after the other: some of the library's first steps share data.
        status s = start_thread(&thread, "a thread of the web server",
                                [this, serve = make_worker()] { work(serve); });
        if (!s) {
            stop();
            return s;
        }
    }
    status s = start_thread(&_accepting, "a thread of the web server", [this] { accept_all(); });
    if (!s)
        stop();
    return s;
}

void http_listener::accept_all()
{
    for (;;) {
        pollfd ready{_socket.get(), POLLIN, 0};
        poll(&ready, 1, -1);
        {
            const std::lock_guard<std::mutex> lock(_mutex);
            if (_stopping)
                return;
        }
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        unique_fd fd(accept4(_socket.get(), reinterpret_cast<sockaddr *>(&peer), &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd.valid()) {
            take(std::move(fd), endpoint::from_sockaddr(peer));
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            _limiter.write(_log, std::chrono::steady_clock::now(), log_level::warn,
                           "cannot accept a connection: ", std::strerror(errno));
            std::this_thread::sleep_for(RETRY_TIME);
        }
    }
}

void http_listener::take(unique_fd fd, const endpoint &peer)
{
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard<std::mutex> lock(_mutex);
    const auto of_address = _of_address.find(peer.ip);
    const size_t others = of_address == _of_address.end() ? 0 : of_address->second;
    const bool many = others >= _limits.per_address && !_limits.unlimited.contains(peer.ip);
    if (many || _stopping || _waiting.size() >= _limits.waiting) {
        _limiter.write(_log, std::chrono::steady_clock::now(), log_level::warn, "a connection of ",
                       peer, " is closed: there are too many");
        return;
    }
    _of_address[peer.ip] = others + 1;
    _connections.push_back({std::move(fd), peer, false});
    _waiting.push_back(std::prev(_connections.end()));
    _changed.notify_all();
}

void http_listener::work(const worker &serve)
{
    std::unique_lock<std::mutex> lock(_mutex);
    for (;;) {
        _changed.wait(lock, [this] { return _stopping || !_waiting.empty(); });
        if (_stopping)
            return;
        const auto one = _waiting.front();
        _waiting.pop_front();
        lock.unlock();
        serve(*one);
        lock.lock();
        const auto of_address = _of_address.find(one->peer.ip);
        if (--of_address->second == 0)
            _of_address.erase(of_address);
        _connections.erase(one);
        _changed.notify_all();
    }
}

bool http_listener::may_idle()
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return !_stopping && _waiting.empty();
}

bool http_listener::set_answering(connection &of, bool answering)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    of.answering = answering;
    return !_stopping;
}

// Under _mutex. The worker sees the end of its connection, and closes it.
void http_listener::end_connections(bool answering_too)
{
    for (connection &one : _connections) {
        if (answering_too || !one.answering)
            shutdown(one.fd.get(), SHUT_RDWR);
    }
}

void http_listener::stop()
{
    {
        std::unique_lock<std::mutex> lock(_mutex);
        if (std::exchange(_stopping, true))
            return;
        // The accepting thread wakes.
        shutdown(_socket.get(), SHUT_RDWR);
        end_connections(false);
        _changed.notify_all();
        _changed.wait_for(lock, STOP_TIME,
                          [this] { return _connections.size() == _waiting.size(); });
        end_connections(true);
    }
    if (_accepting.joinable())
        _accepting.join();
    for (std::thread &thread : _workers) {
        if (thread.joinable())
            thread.join();
    }
    _waiting.clear();
    _connections.clear();
    _socket.reset();
}

}  // namespace lars
