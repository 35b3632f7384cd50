#include "tcp_conn.h"

#include "conn_group.h"

namespace lars {

tcp_conn::tcp_conn(conn_group *group, uint64_t id, unique_fd fd, const endpoint &peer)
    : _group(group),
      _id(id),
      _peer(peer),
      _stream(group->loop(), std::move(fd), this, group->shared().limits, group->memory())
{
}

event_loop *tcp_conn::loop() const
{
    return _group->loop();
}

send_result tcp_conn::send_joined(std::string_view first, std::string_view second, int msgid)
{
    const send_result result = _stream.send_joined(first, second, msgid);
    if (result == send_result::overflow && !_stream.was_cut())
        _group->shared().overflows.fetch_add(1, std::memory_order_relaxed);
    return result;
}

void tcp_conn::close()
{
    _stream.close("closed here");
}

void tcp_conn::handle_frame(const char *data, uint32_t len, int msgid)
{
    if (_group->shared().router.call(data, len, msgid, *this))
        _heard = true;
    else
        _group->unknown_message(msgid, _peer);
}

void tcp_conn::handle_end(const std::string &why)
{
    _group->remove(_id, why);
}

}  // namespace lars
