#include "udp_server.h"

#include "datagram_socket.h"
#include "event_loop.h"
#include "msg_router.h"

namespace lars {

struct udp_server::sender {
    datagram_socket::way back;
};

udp_server::udp_server(event_loop *loop)
    : _loop(loop),
      _socket(std::make_unique<datagram_socket>(
          loop,
          [this](const char *data, uint32_t len, int msgid, const datagram_socket::way &back) {
              handle_datagram(data, len, msgid, {back});
          })),
      _router(std::make_unique<msg_router>()),
      _sender(std::make_unique<sender>())
{
}

udp_server::~udp_server() = default;

status udp_server::add_msg_router(int msgid, msg_callback callback)
{
    return _router->register_msg_router(msgid, std::move(callback));
}

void udp_server::set_allowed(const ip_ranges &addresses)
{
    _socket->set_allowed(addresses);
}

status udp_server::bind(const endpoint &address)
{
    return _socket->bind(address);
}

status udp_server::adopt(unique_fd socket)
{
    return _socket->adopt(std::move(socket));
}

status udp_server::start()
{
    return _socket->start();
}

void udp_server::stop()
{
    _socket->stop();
}

endpoint udp_server::address() const
{
    return _socket->address();
}

int udp_server::fd() const
{
    return _socket->fd();
}

uint64_t udp_server::not_allowed() const
{
    return _socket->not_allowed();
}

uint64_t udp_server::malformed() const
{
    return _socket->malformed();
}

uint64_t udp_server::unsent() const
{
    return _socket->unsent();
}

send_result udp_server::send_message(const char *data, size_t len, int msgid)
{
    return _has_sender ? _socket->send(data, len, msgid, &_sender->back) : send_result::closed;
}

endpoint udp_server::peer() const
{
    return endpoint::from_sockaddr(_sender->back.from);
}

void udp_server::handle_datagram(const char *data, uint32_t len, int msgid, const sender &from)
{
    *_sender = from;
    _has_sender = true;
    bool known = false;
    try {
        known = _router->call(data, len, msgid, *this);
    } catch (...) {
        _has_sender = false;
        throw;
    }
    _has_sender = false;
    if (known)
        return;
    ++_unknown;
    _unknown_limiter.write(_loop->log(), _loop->now(), log_level::warn, "unknown message id ",
                           msgid, " from ", peer());
}

}  // namespace lars
