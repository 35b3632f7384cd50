// The frame that a message travels in to the agent and back: a header of 8 bytes, which
// are the id of the message and the length of its body, both little-endian, and then the
// body. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars {

constexpr size_t HEADER_SIZE = 8;
constexpr size_t MAX_DATAGRAM = 65536;  // more than UDP can carry

// Writes the header, HEADER_SIZE bytes at TO.
inline void put_header(char *to, int32_t msgid, size_t body_size)
{
    const uint32_t fields[] = {static_cast<uint32_t>(msgid), static_cast<uint32_t>(body_size)};
    for (size_t byte = 0; byte < HEADER_SIZE; ++byte)
        to[byte] = static_cast<char>(fields[byte / 4] >> (8 * (byte % 4)));
}

// Whether the SIZE bytes at FRAME are one whole frame of the message with that id.
inline bool is_frame_of(int32_t msgid, const char *frame, size_t size)
{
    if (size < HEADER_SIZE)
        return false;
    uint32_t fields[] = {0, 0};
    for (size_t byte = 0; byte < HEADER_SIZE; ++byte)
        fields[byte / 4] |= static_cast<uint32_t>(static_cast<unsigned char>(frame[byte]))
                            << (8 * (byte % 4));
    return fields[0] == static_cast<uint32_t>(msgid) && fields[1] == size - HEADER_SIZE;
}

}  // namespace lars
