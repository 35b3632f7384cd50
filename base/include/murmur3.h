// MurmurHash3 in its x86 32-bit form, the public-domain hash by Austin Appleby.
// The same bytes and seed give the same value on every machine. Not for
// anything that an enemy may aim at. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lars {

// Hashes the SIZE bytes at DATA.
uint32_t murmur3(const void *data, size_t size, uint32_t seed = 0);

// The same of bytes that come in pieces.
class murmur3_sum {
public:
    explicit murmur3_sum(uint32_t seed = 0) : _hash(seed) {}

    void add(std::string_view bytes);
    // Of all bytes so far.
    uint32_t value() const;

private:
    void add_block(const unsigned char *block);

    uint32_t _hash;
    uint64_t _size = 0;
    unsigned char _tail[4] = {};  // the bytes that are no block yet
};

}  // namespace lars
