// Fields of protobuf messages, read and written by hand where that is done for every message.
// Any thread.
//
// A field is a tag, which is 8 times the field's number and the kind of what follows, and
// that: a number of up to 64 bits in groups of seven (varint), the lowest first, or a length
// and so many bytes. https://protobuf.dev/programming-guides/encoding
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars {

constexpr uint32_t KIND_VARINT = 0;
constexpr uint32_t KIND_BYTES = 2;
constexpr size_t LONGEST_VARINT = 10;
constexpr size_t LONGEST_FIELD = 1 + LONGEST_VARINT;  // of a number, with a tag below 128

// FIELD is below 16.
constexpr char tag_of(int field, uint32_t kind)
{
    return static_cast<char>(static_cast<uint32_t>(field) << 3 | kind);
}

// An int32 travels as if it had 64 bits.
inline uint64_t wide(int32_t value)
{
    return static_cast<uint64_t>(int64_t{value});
}

// Writes at AT, and returns the place behind it.
inline char *write_varint(uint64_t value, char *at)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = static_cast<char>(value | 0x80);
    *at++ = static_cast<char>(value);
    return at;
}

// What is 0 is absent.
inline char *write_field(char tag, uint64_t value, char *at)
{
    if (value == 0)
        return at;
    *at++ = tag;
    return write_varint(value, at);
}

// Reads a number that begins before END, and returns the place behind it; null if it is cut
// off or too long.
inline const char *read_varint(const char *at, const char *end, uint64_t *value)
{
    // Most are small.
    if (at != end && static_cast<unsigned char>(*at) < 0x80) {
        *value = static_cast<unsigned char>(*at);
        return at + 1;
    }
    uint64_t found = 0;
    for (unsigned shift = 0; at != end && shift < 7 * LONGEST_VARINT; shift += 7) {
        const auto byte = static_cast<unsigned char>(*at++);
        found |= uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) {
            *value = found;
            return at;
        }
    }
    return nullptr;
}

// Reads the field at AT, if it is a number: NUMBERS[i] becomes what the field i holds.
// Returns the place behind it; null if it is anything else, or not whole. Then the message may
// be good all the same, and whoever wants to know asks protobuf.
template <size_t COUNT>
const char *read_number(const char *at, const char *end, uint64_t (&numbers)[COUNT])
{
    const auto tag = static_cast<unsigned char>(*at++);
    const unsigned field = tag >> 3;
    if ((tag & 7) != KIND_VARINT || field == 0 || field >= COUNT)
        return nullptr;
    return read_varint(at, end, &numbers[field]);
}

// The same for all fields from AT to END. False if one is anything else.
template <size_t COUNT>
bool read_numbers(const char *at, const char *end, uint64_t (&numbers)[COUNT])
{
    while (at && at != end)
        at = read_number(at, end, numbers);
    return at != nullptr;
}

}  // namespace lars
