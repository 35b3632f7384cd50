// MurmurHash3 in its x86 32-bit form, the public-domain hash by Austin Appleby.
// The same bytes and seed give the same value on every machine. Not for
// anything that an enemy may aim at. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars {

// Hashes the SIZE bytes at DATA.
uint32_t murmur3(const void *data, size_t size, uint32_t seed = 0);

}  // namespace lars
