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

void murmur3_sum::add_block(const unsigned char *block)
{
    // Byte by byte, so that the value is the same on every byte order.
    const uint32_t number = uint32_t{block[0]} | uint32_t{block[1]} << 8 |
                            uint32_t{block[2]} << 16 | uint32_t{block[3]} << 24;
    _hash = rotate_left(_hash ^ scramble(number), 13) * 5 + 0xe6546b64u;
}

void murmur3_sum::add(std::string_view bytes)
{
    const auto *at = reinterpret_cast<const unsigned char *>(bytes.data());
    const unsigned char *const end = at + bytes.size();
    for (; at != end && _size % 4 != 0; ++at) {
        _tail[_size++ % 4] = *at;
        if (_size % 4 == 0)
            add_block(_tail);
    }
    for (; end - at >= 4; at += 4) {
        add_block(at);
        _size += 4;
    }
    for (; at != end; ++at)
        _tail[_size++ % 4] = *at;
}

uint32_t murmur3_sum::value() const
{
    uint32_t tail = 0;
    for (size_t i = _size % 4; i > 0; --i)
        tail = tail << 8 | _tail[i - 1];
    return finish(_hash ^ scramble(tail) ^ static_cast<uint32_t>(_size));
}

uint32_t murmur3(const void *data, size_t size, uint32_t seed)
{
    murmur3_sum sum(seed);
    sum.add({static_cast<const char *>(data), size});
    return sum.value();
}

}  // namespace lars
