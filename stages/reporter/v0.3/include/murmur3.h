// MurmurHash3 by Austin Appleby, who gave it to the public domain: the variant for 32 bits.
// A hash function: it turns bytes into a number that looks like chance, always the same one.
#pragma once

#include <cstddef>
#include <cstdint>

uint32_t murmur3_32(const void *data, size_t length, uint32_t seed = 0);
