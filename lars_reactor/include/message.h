// The frame that every message travels in: a header of 8 bytes, then the body. The
// header is two int32, both little-endian: the id of the message, which says what it
// is about, and the length of the body in bytes. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars {

constexpr size_t MESSAGE_HEAD_LEN = 8;
// How long a body may be, over TCP and over UDP.
constexpr size_t MESSAGE_LENGTH_LIMIT = 65535 - MESSAGE_HEAD_LEN;
constexpr size_t DATAGRAM_LENGTH_LIMIT = 65507 - MESSAGE_HEAD_LEN;

struct msg_head {
    int32_t msgid = 0;
    int32_t msglen = 0;
};

// Four bytes, little-endian, at OUT and at IN.
inline void encode_int32(int32_t value, char *out)
{
    const auto bits = static_cast<uint32_t>(value);
    for (int i = 0; i < 4; ++i)
        out[i] = static_cast<char>(bits >> (8 * i));
}

inline int32_t decode_int32(const char *in)
{
    uint32_t bits = 0;
    for (int i = 0; i < 4; ++i)
        bits |= static_cast<uint32_t>(static_cast<unsigned char>(in[i])) << (8 * i);
    return static_cast<int32_t>(bits);
}

// A header: MESSAGE_HEAD_LEN bytes at OUT and at IN. The length is not checked.
inline void encode_head(const msg_head &head, char *out)
{
    encode_int32(head.msgid, out);
    encode_int32(head.msglen, out + 4);
}

inline msg_head decode_head(const char *in)
{
    return {decode_int32(in), decode_int32(in + 4)};
}

}  // namespace lars
