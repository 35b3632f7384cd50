#include "murmur3.h"

static uint32_t rotate_left(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static uint32_t scramble(uint32_t k)
{
    return rotate_left(k * 0xcc9e2d51, 15) * 0x1b873593;
}

uint32_t murmur3_32(const void *data, size_t length, uint32_t seed)
{
    const uint8_t *bytes = static_cast<const uint8_t *>(data);
    uint32_t h = seed;

    // Four bytes at a time, little-endian on every machine.
    size_t whole = length / 4 * 4;
    for (size_t i = 0; i < whole; i += 4) {
        uint32_t k = bytes[i] | static_cast<uint32_t>(bytes[i + 1]) << 8 | static_cast<uint32_t>(bytes[i + 2]) << 16 |
                     static_cast<uint32_t>(bytes[i + 3]) << 24;
        h = rotate_left(h ^ scramble(k), 13) * 5 + 0xe6546b64;
    }
    uint32_t rest = 0;
    for (size_t i = length; i > whole; i--) {
        rest = rest << 8 | bytes[i - 1];
    }
    h ^= scramble(rest);

    // Every bit of what went in moves about half of the bits that come out.
    h ^= static_cast<uint32_t>(length);
    h = (h ^ h >> 16) * 0x85ebca6b;
    h = (h ^ h >> 13) * 0xc2b2ae35;
    return h ^ h >> 16;
}
