// MurmurHash3, the 32-bit kind for x86, by Austin Appleby, who gave it to everybody.
#pragma once

#include <cstddef>
#include <cstdint>

// A number that the bytes decide and that looks like chance: when one bit of them changes,
// about half of its bits do. Not for secrets. Any thread.
uint32_t murmur3(const void *data, size_t len, uint32_t seed = 0);
