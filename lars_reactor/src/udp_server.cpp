#include "udp_server.h"

namespace lars {

udp_server::udp_server(event_loop *loop) : _loop(loop), _socket(loop, this) {}

status udp_server::add_msg_router(int msgid, msg_callback callback)
{
    return _router.register_msg_router(msgid, std::move(callback));
}

send_result udp_server::send_message(const char *data, size_t len, int msgid)
{
    return _has_sender ? _socket.send(data, len, msgid, &_sender) : send_result::closed;
}

void udp_server::handle_datagram(const char *data, uint32_t len, int msgid, const sockaddr_in &from)
{
    _sender = from;
    _has_sender = true;
    const bool known = _router.call(data, len, msgid, *this);
    _has_sender = false;
    if (known)
        return;
    ++_unknown;
    _unknown_limiter.write(_loop->log(), _loop->now(), log_level::warn, "unknown message id ",
                           msgid, " from ", peer());
}

}  // namespace lars
