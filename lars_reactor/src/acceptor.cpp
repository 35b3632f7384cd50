#include "acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace lars {

// Accepts in one round before others get their turn.
static constexpr int ACCEPTS_PER_ROUND = 256;
static constexpr std::chrono::milliseconds REST(100);

static int open_spare()
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

acceptor::acceptor(event_loop *loop, accept_callback on_accept)
    : _loop(loop), _on_accept(std::move(on_accept))
{
}

acceptor::~acceptor()
{
    stop();
}

status acceptor::bind(const endpoint &address)
{
    if (_fd.valid())
        return status::error("cannot use tcp " + address.to_string() + ": bound to " +
                             this->address().to_string() + " already");
    return bind_socket(SOCK_STREAM, address, &_fd);
}

status acceptor::listen()
{
    if (!_fd.valid())
        return status::error("listen before bind");
    // Watched first: an fd that listens and is not watched would keep clients waiting.
    const status watched =
        _loop->add_io_event(_fd.get(), event_loop::READ, [this] { accept_all(); });
    if (!watched)
        return watched;
    if (::listen(_fd.get(), SOMAXCONN) < 0) {
        const status refused = status::from_errno("cannot listen on " + address().to_string());
        _loop->del_io_event(_fd.get());
        return refused;
    }
    _spare.reset(open_spare());
    return {};
}

void acceptor::stop()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
    _loop->cancel(_resume);
    _fd.reset();
    _spare.reset();
}

void acceptor::accept_all()
{
    for (int i = 0; i < ACCEPTS_PER_ROUND && _fd.valid(); ++i) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        unique_fd fd(accept4(_fd.get(), reinterpret_cast<sockaddr *>(&peer), &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd.valid()) {
            if (std::exchange(_told, false))
                _loop->log()(log_level::info, "fds are free again; ", _turned_away,
                             " connections were turned away so far");
            _out_of_fds = false;
            _on_accept(std::move(fd), endpoint::from_sockaddr(peer));
            continue;
        }
        if (errno == EAGAIN)
            return;
        if (errno == EMFILE || errno == ENFILE) {
            if (!_out_of_fds && _limiter.write(_loop->log(), _loop->now(), log_level::error,
                                               "no fd is left, connections are turned away"
                                               " (ulimit -n)"))
                _told = true;
            _out_of_fds = true;
            if (!turn_one_away()) {
                rest();
                return;
            }
            continue;
        }
        if (errno == ENOBUFS || errno == ENOMEM) {
            rest();
            return;
        }
        // Anything else is the trouble of that one connection.
    }
}

bool acceptor::turn_one_away()
{
    if (!_spare.valid()) {
        _spare.reset(open_spare());
        if (!_spare.valid())
            return false;
    }
    _spare.reset();
    unique_fd fd(accept4(_fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const bool nobody_waits = !fd.valid() && errno == EAGAIN;
    if (fd.valid())
        ++_turned_away;
    const bool done = fd.valid() || nobody_waits;
    fd.reset();
    _spare.reset(open_spare());
    return done;
}

void acceptor::rest()
{
    if (status s = _loop->set_io_mask(_fd.get(), 0); !s)
        _loop->log()(log_level::error, s.message());
    _resume = _loop->run_after(REST, [this] {
        if (status s = _loop->set_io_mask(_fd.get(), event_loop::READ); !s)
            _loop->log()(log_level::error, s.message());
    });
}

}  // namespace lars
