#include "murmur3.h"

static uint32_t rotate_left(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

// What four bytes, or the last one to three, add to the hash.
static uint32_t mixed(uint32_t k)
{
    return rotate_left(k * 0xcc9e2d51, 15) * 0x1b873593;
}

uint32_t murmur3(const void *data, size_t len, uint32_t seed)
{
    const unsigned char *p = static_cast<const unsigned char *>(data);
    uint32_t h = seed;
    size_t left = len;
    for (; left >= 4; left -= 4, p += 4) {
        uint32_t k = p[0] | p[1] << 8 | p[2] << 16 | static_cast<uint32_t>(p[3]) << 24;
        h = rotate_left(h ^ mixed(k), 13) * 5 + 0xe6546b64;
    }
    uint32_t k = 0;
    for (size_t i = 0; i < left; i++) {
        k |= static_cast<uint32_t>(p[i]) << 8 * i;
    }
    h ^= mixed(k);

    // So that the last bytes reach all bits, too.
    h ^= static_cast<uint32_t>(len);
    h = (h ^ h >> 16) * 0x85ebca6b;
    h = (h ^ h >> 13) * 0xc2b2ae35;
    return h ^ h >> 16;
}
