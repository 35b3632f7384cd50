#include "frame_stream.h"

#include <sys/socket.h>

#include <algorithm>

#include "message.h"

namespace lars {

// While a batch of frames is handled, answers are sent when this much is queued.
static constexpr size_t BATCH_BYTES = 64u << 10;

static const char PEER_CLOSED[] = "the peer closed the connection";

frame_stream::frame_stream(event_loop *loop, unique_fd fd, handler *owner,
                           const queue_limits &limits)
    : _loop(loop),
      _fd(std::move(fd)),
      _owner(owner),
      _limits(limits),
      _input(loop->buffers()),
      _output(loop->buffers())
{
}

frame_stream::~frame_stream()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
}

status frame_stream::start()
{
    return _loop->add_io_event(
        _fd.get(), event_loop::READ, [this] { on_read(); }, [this] { on_write(); });
}

send_result frame_stream::send_message(const char *data, size_t len, int msgid)
{
    if (len > MESSAGE_LENGTH_LIMIT)
        return send_result::too_long;
    if (!usable())
        return send_result::closed;
    const size_t size = MESSAGE_HEAD_LEN + len;
    // What only waits for the end of a batch says nothing about the peer.
    if (_batching && _output.length() + size > _limits.max_queue) {
        flush();
        if (!usable())
            return send_result::closed;
    }
    if (_output.length() + size > _limits.max_queue) {
        close("the peer does not read, " + std::to_string(_output.length()) + " bytes are queued");
        return send_result::overflow;
    }

    char head[MESSAGE_HEAD_LEN];
    encode_head({msgid, static_cast<int32_t>(len)}, head);
    size_t sent = 0;
    if (!_batching && _output.length() == 0) {
        iovec parts[2] = {{head, sizeof head}, {const_cast<char *>(data), len}};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = 2;
        const ssize_t n = sendmsg(_fd.get(), &message, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            close(std::strerror(errno));
            return send_result::closed;
        }
        sent = n > 0 ? static_cast<size_t>(n) : 0;
    }
    if (sent < sizeof head) {
        _output.append(head + sent, sizeof head - sent);
        sent = sizeof head;
    }
    _output.append(data + (sent - sizeof head), len - (sent - sizeof head));
    if (!_batching)
        update_interest();
    return send_result::ok;
}

void frame_stream::batch(const std::function<void()> &work)
{
    _batching = true;
    work();
    _batching = false;
    flush();
}

void frame_stream::close(const std::string &why)
{
    if (!_fd.valid() || _closed)
        return;
    _closed = true;
    _why = why;
    _output.clear();
    // The socket becomes readable, so the loop comes to on_read and ends it there.
    shutdown(_fd.get(), SHUT_RDWR);
    update_interest();
}

void frame_stream::close_when_sent()
{
    if (!usable())
        return;
    _closing = true;
    flush();
}

void frame_stream::abandon()
{
    if (!_fd.valid())
        return;
    _closed = true;
    _loop->del_io_event(_fd.get());
    _fd.reset();
}

void frame_stream::on_read()
{
    if (_closed) {
        end();
        return;
    }
    batch([this] { receive(); });
}

void frame_stream::on_write()
{
    if (_closed) {
        end();
        return;
    }
    flush();
    if (!_resumed || !usable())
        return;
    _resumed = false;
    batch([this] { deliver_kept(); });
}

void frame_stream::receive()
{
    char *space = _loop->receive_space();
    const ssize_t n = recv(_fd.get(), space, event_loop::RECEIVE_SPACE, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        close(std::strerror(errno));
        return;
    }
    if (n == 0) {
        // It may still want its answers: flush ends the stream once they are sent.
        _peer_done = true;
        return;
    }
    if (_closing)
        return;

    size_t left = static_cast<size_t>(n);
    while (_input.length() > 0 && left > 0 && !_paused && !_closed) {
        const size_t part = std::min(missing_of_kept(), left);
        _input.append(space, part);
        space += part;
        left -= part;
        deliver_kept();
    }
    if (_input.length() == 0) {
        const size_t used = deliver(space, left);
        space += used;
        left -= used;
    }
    if (!_closed)
        _input.append(space, left);
}

void frame_stream::deliver_kept()
{
    _input.pop(deliver(_input.data(), _input.length()));
}

size_t frame_stream::missing_of_kept() const
{
    if (_input.length() < MESSAGE_HEAD_LEN)
        return MESSAGE_HEAD_LEN - _input.length();
    const auto body = static_cast<size_t>(decode_head(_input.data()).msglen);
    return MESSAGE_HEAD_LEN + body - _input.length();
}

// Hands over the complete frames at the start of DATA; returns their size.
size_t frame_stream::deliver(const char *data, size_t size)
{
    size_t used = 0;
    while (usable() && !_paused && size - used >= MESSAGE_HEAD_LEN) {
        const msg_head head = decode_head(data + used);
        if (head.msglen < 0 || static_cast<size_t>(head.msglen) > MESSAGE_LENGTH_LIMIT) {
            close("message " + std::to_string(head.msgid) + " with a length of " +
                  std::to_string(head.msglen));
            break;
        }
        const auto body = static_cast<size_t>(head.msglen);
        if (size - used - MESSAGE_HEAD_LEN < body)
            break;
        _owner->handle_frame(data + used + MESSAGE_HEAD_LEN, static_cast<uint32_t>(body), head.msgid);
        used += MESSAGE_HEAD_LEN + body;
        if (_output.length() > BATCH_BYTES)
            flush();
    }
    return used;
}

void frame_stream::flush()
{
    if (!_fd.valid())
        return;
    while (_output.length() > 0 && !_closed) {
        iovec parts[16];
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = static_cast<size_t>(_output.pieces(parts, 16));
        const ssize_t n = sendmsg(_fd.get(), &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0) {
            close(std::strerror(errno));
            return;
        }
        _output.pop(static_cast<size_t>(n));
    }
    // Frames that were held back are still to be delivered, and answered.
    const bool holds_back = !_closing && (_paused || _resumed);
    if (_peer_done && _output.length() == 0 && !holds_back)
        close(PEER_CLOSED);
    else if (_closing && !_closed && _output.length() == 0)
        shutdown(_fd.get(), SHUT_WR);
    update_interest();
}

void frame_stream::update_interest()
{
    if (_output.length() > _limits.high_water) {
        _paused = true;
        _resumed = false;
    } else if (_paused && _output.length() <= _limits.high_water / 2) {
        _paused = false;
        _resumed = true;
    }

    const bool reads = _closed || (!_peer_done && (!_paused || _closing));
    const bool writes = _output.length() > 0 || (_resumed && usable());
    const uint32_t mask = (reads ? event_loop::READ : 0) | (writes ? event_loop::WRITE : 0);
    if (status s = _loop->set_io_mask(_fd.get(), mask); !s)
        _loop->log()(log_level::error, s.message());
}

void frame_stream::end()
{
    _loop->del_io_event(_fd.get());
    _fd.reset();
    _input.clear();
    _output.clear();
    _owner->handle_end(_why);
}

}  // namespace lars
