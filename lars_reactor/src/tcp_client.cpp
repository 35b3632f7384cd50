#include "tcp_client.h"

#include <sys/socket.h>

#include <limits>

#include "address_turn.h"
#include "frame_stream.h"
#include "msg_router.h"
#include "sockets.h"

namespace lars {

class tcp_client::link final : private frame_stream::handler {
public:
    link(tcp_client *client, unique_fd fd)
        : stream(client->_loop, std::move(fd), this, client->limits()), _client(client)
    {
    }

    frame_stream stream;

private:
    void handle_frame(const char *data, uint32_t len, int msgid) override
    {
        _client->on_frame(data, len, msgid);
    }
    void handle_end(const std::string &why) override { _client->on_end(why); }

    tcp_client *_client;
};

tcp_client::tcp_client(event_loop *loop, std::string name,
                       const std::vector<server_address> &servers,
                       const tcp_client_options &options)
    : _loop(loop),
      _name(std::move(name)),
      _turn(std::make_unique<address_turn>(loop, _name, servers, [this] { connect(); })),
      _options(options),
      _router(std::make_unique<msg_router>()),
      _backoff(options.first_backoff, options.longest_backoff)
{
    if (const endpoint *first = _turn->current())
        _peer = *first;
}

tcp_client::~tcp_client()
{
    stop();
}

status tcp_client::add_msg_router(int msgid, msg_callback callback)
{
    return _router->register_msg_router(msgid, std::move(callback));
}

queue_limits tcp_client::limits() const
{
    queue_limits limits = _options.limits;
    if (!_options.pauses_reading)
        limits.high_water = std::numeric_limits<size_t>::max();
    return limits;
}

void tcp_client::start()
{
    if (_started)
        return;
    _started = true;
    ++_starts;
    _turn->begin();
    find_address();
}

void tcp_client::stop()
{
    _started = false;
    stop_connecting();
    if (!_link)
        return;
    // It may be the one whose callback is running.
    _link->stream.abandon();
    _loop->destroy_later(std::move(_link));
}

void tcp_client::stop_connecting()
{
    _loop->cancel(_timer);
    _turn->stop_waiting();
    if (_connecting.valid())
        _loop->del_io_event(_connecting.get());
    _connecting.reset();
}

void tcp_client::find_address()
{
    if (!_turn->look_up()) {
        connect();
        return;
    }
    _timer = _loop->run_after(_options.connect_timeout, [this] {
        _turn->give_up_lookup();
        connect();
    });
}

void tcp_client::connect()
{
    _loop->cancel(_timer);
    const endpoint *address = _turn->current();
    if (!address) {
        try_next(nullptr);
        return;
    }
    _peer = *address;
    _connecting.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!_connecting.valid()) {
        failed(std::string("socket: ") + std::strerror(errno));
        return;
    }
    const sockaddr_in name = peer().to_sockaddr();
    const int result =
        ::connect(_connecting.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name);
    if (result == 0) {
        on_connected();
        return;
    }
    if (errno != EINPROGRESS) {
        failed(std::strerror(errno));
        return;
    }
    const status watched = _loop->add_io_event(_connecting.get(), event_loop::WRITE, {},
                                               [this] { on_connecting_done(); });
    if (!watched) {
        failed(watched.message());
        return;
    }
    _timer = _loop->run_after(_options.connect_timeout, [this] { failed("no answer"); });
}

void tcp_client::on_connecting_done()
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(_connecting.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
        failed(std::strerror(error));
    else
        on_connected();
}

void tcp_client::on_connected()
{
    _loop->cancel(_timer);
    _loop->del_io_event(_connecting.get());
    _local = local_address(_connecting.get());
    // Connecting to a free port of one's own can meet oneself. The address that was
    // asked for does not tell: 0.0.0.0 is this machine under some other one.
    if (_local == peer_address(_connecting.get())) {
        failed("nobody but ourselves answered");
        return;
    }
    tune_stream(_connecting.get(), _options.send_timeout);
    _connected_at = _loop->now();
    _link = std::make_unique<link>(this, std::move(_connecting));
    if (status s = _link->stream.start(); !s) {
        _link.reset();
        failed(s.message());
        return;
    }
    _failed_in_row = 0;
    _trouble.over();
    _loop->log()(log_level::info, _name, ": connected to ", peer());
    if (_on_start)
        _link->stream.batch([this] { _on_start(*this); });
}

void tcp_client::failed(const std::string &why)
{
    stop_connecting();
    _trouble.say(_loop->log(), log_level::warn, "", _name, ": cannot connect to ", peer(), ": ",
                 why, "; trying again");
    try_next(&_peer);
}

// The other addresses are worth a quick try; a whole round of failures is not.
void tcp_client::try_next(const endpoint *failed)
{
    const bool server_is_done = _turn->failed(failed);
    const bool round_is_over = server_is_done && ++_failed_in_row % _turn->servers() == 0;
    retry_later(round_is_over ? _backoff.next() : _options.first_backoff / 10);
}

void tcp_client::retry_later(std::chrono::milliseconds pause)
{
    _timer = _loop->run_after(pause, [this] { find_address(); });
}

size_t tcp_client::address_count() const
{
    return _turn->count();
}

std::vector<endpoint> tcp_client::known_addresses(bool *all) const
{
    *all = !_turn->some_unknown();
    return _turn->known();
}

send_result tcp_client::send_message(const char *data, size_t len, int msgid)
{
    return _link ? _link->stream.send_message(data, len, msgid) : send_result::closed;
}

void tcp_client::close()
{
    if (_link)
        _link->stream.close("closed here");
}

void tcp_client::close_when_sent()
{
    if (_link)
        _link->stream.close_when_sent();
}

void tcp_client::on_frame(const char *data, uint32_t len, int msgid)
{
    _backoff.reset();
    if (!_router->call(data, len, msgid, *this))
        _unknown_limiter.write(_loop->log(), _loop->now(), log_level::warn, _name,
                               ": unknown message id ", msgid, " from ", peer());
}

void tcp_client::on_end(const std::string &why)
{
    _loop->log()(log_level::warn, _name, ": lost the connection to ", peer(), ": ", why);
    _loop->destroy_later(std::move(_link));
    const auto lasted = _loop->now() - _connected_at;
    if (std::chrono::duration_cast<std::chrono::milliseconds>(lasted) > _options.longest_backoff)
        _backoff.reset();
    const uint64_t start = _starts;
    try {
        if (_on_close)
            _on_close(*this);
    } catch (...) {
        go_on(start);
        throw;
    }
    go_on(start);
}

// Unless the hook has stopped the client; where it has started it again, that start
// connects already.
void tcp_client::go_on(uint64_t start)
{
    if (!_started || _starts != start)
        return;
    _turn->lost(_peer);
    retry_later(_backoff.next());
}

}  // namespace lars
