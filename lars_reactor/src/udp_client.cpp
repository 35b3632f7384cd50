#include "udp_client.h"

namespace lars {

udp_client::udp_client(event_loop *loop, const endpoint &server)
    : _loop(loop), _server(server), _socket(loop, this)
{
}

status udp_client::add_msg_router(int msgid, msg_callback callback)
{
    return _router.register_msg_router(msgid, std::move(callback));
}

status udp_client::start()
{
    if (status s = _socket.connect(_server); !s)
        return s;
    return _socket.start();
}

send_result udp_client::send_message(const char *data, size_t len, int msgid)
{
    return _socket.send(data, len, msgid, nullptr);
}

void udp_client::handle_datagram(const char *data, uint32_t len, int msgid, const sockaddr_in &)
{
    _router.call(data, len, msgid, *this);
}

}  // namespace lars
