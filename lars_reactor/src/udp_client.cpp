#include "udp_client.h"

#include "datagram_socket.h"
#include "msg_router.h"

namespace lars {

udp_client::udp_client(event_loop *loop, const endpoint &server)
    : _loop(loop),
      _server(server),
      _socket(std::make_unique<datagram_socket>(
          loop, [this](const char *data, uint32_t len, int msgid,
                       const datagram_socket::way &) { _router->call(data, len, msgid, *this); })),
      _router(std::make_unique<msg_router>())
{
}

udp_client::~udp_client() = default;

status udp_client::add_msg_router(int msgid, msg_callback callback)
{
    return _router->register_msg_router(msgid, std::move(callback));
}

status udp_client::start()
{
    if (status s = _socket->connect(_server); !s)
        return s;
    const status started = _socket->start();
    if (!started)
        _socket->stop();
    return started;
}

send_result udp_client::send_message(const char *data, size_t len, int msgid)
{
    return _socket->send(data, len, msgid, nullptr);
}

void udp_client::close()
{
    _socket->stop();
}

uint64_t udp_client::malformed() const
{
    return _socket->malformed();
}

uint64_t udp_client::unsent() const
{
    return _socket->unsent();
}

}  // namespace lars
