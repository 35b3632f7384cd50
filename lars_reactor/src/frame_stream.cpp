#include "frame_stream.h"

#include "message.h"

namespace lars {

frame_stream::frame_stream(event_loop *loop, unique_fd fd, handler *owner,
                           const queue_limits &limits, std::shared_ptr<memory_total> total)
    : _owner(owner), _bytes(loop, std::move(fd), this, limits, std::move(total))
{
}

send_result frame_stream::send_joined(std::string_view first, std::string_view second, int msgid)
{
    const size_t len = first.size() + second.size();
    if (len > MESSAGE_LENGTH_LIMIT)
        return send_result::too_long;
    char head[MESSAGE_HEAD_LEN];
    encode_head({msgid, static_cast<int32_t>(len)}, head);
    return _bytes.send({head, sizeof head}, first, second);
}

// Hands over the complete frames at the start of DATA.
byte_stream::progress frame_stream::handle_bytes(const char *data, size_t size)
{
    size_t used = 0;
    while (_bytes.delivers()) {
        const size_t left = size - used;
        if (left < MESSAGE_HEAD_LEN)
            return {used, MESSAGE_HEAD_LEN - left};
        const msg_head head = decode_head(data + used);
        if (head.msglen < 0 || static_cast<size_t>(head.msglen) > MESSAGE_LENGTH_LIMIT) {
            _bytes.close("message " + std::to_string(head.msgid) + " with a length of " +
                         std::to_string(head.msglen));
            break;
        }
        const auto body = static_cast<uint32_t>(head.msglen);
        if (left < MESSAGE_HEAD_LEN + body)
            return {used, MESSAGE_HEAD_LEN + body - left};
        _owner->handle_frame(data + used + MESSAGE_HEAD_LEN, body, head.msgid);
        used += MESSAGE_HEAD_LEN + body;
        _bytes.send_if_much_is_queued();
    }
    return {used};
}

void frame_stream::handle_end(const std::string &why)
{
    _owner->handle_end(why);
}

}  // namespace lars
