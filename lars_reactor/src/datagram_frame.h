// The frame (message.h) that a datagram is. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "message.h"

namespace lars {

struct datagram_frame {
    int32_t msgid = 0;
    const char *body = nullptr;  // in the datagram
    uint32_t len = 0;
};

// Nothing if the SIZE bytes at DATA are not exactly one frame.
inline std::optional<datagram_frame> parse_datagram(const char *data, size_t size)
{
    if (size < MESSAGE_HEAD_LEN)
        return std::nullopt;
    const msg_head head = decode_head(data);
    if (head.msglen < 0 || size - MESSAGE_HEAD_LEN != static_cast<size_t>(head.msglen))
        return std::nullopt;
    return datagram_frame{head.msgid, data + MESSAGE_HEAD_LEN, static_cast<uint32_t>(head.msglen)};
}

}  // namespace lars
