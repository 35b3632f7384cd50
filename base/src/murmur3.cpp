#include "murmur3.h"

namespace lars {

static uint32_t rotate_left(uint32_t value, int bits)
{
    return (value << bits) | (value >> (32 - bits));
}

static uint32_t scramble(uint32_t block)
{
    return rotate_left(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

// Spreads every bit of the state over all the others.
static uint32_t finish(uint32_t hash)
{
    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35u;
    hash ^= hash >> 16;
    return hash;
}

uint32_t murmur3(const void *data, size_t size, uint32_t seed)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    uint32_t hash = seed;

    size_t at = 0;
    for (; size - at >= 4; at += 4) {
        // Byte by byte, so that the value is the same on every byte order.
        const uint32_t block = uint32_t{bytes[at]} | uint32_t{bytes[at + 1]} << 8 |
                               uint32_t{bytes[at + 2]} << 16 | uint32_t{bytes[at + 3]} << 24;
        hash = rotate_left(hash ^ scramble(block), 13) * 5 + 0xe6546b64u;
    }

    uint32_t tail = 0;
    for (size_t i = size; i > at; --i)
        tail = tail << 8 | bytes[i - 1];
    hash ^= scramble(tail);

    return finish(hash ^ static_cast<uint32_t>(size));
}

}  // namespace lars
