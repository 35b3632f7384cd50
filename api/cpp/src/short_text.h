// Compares and copies texts of at most 16 bytes, as addresses are, in two words, which overlap:
// that is quicker than a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace lars {

struct two_words {
    uint64_t first = 0;
    uint64_t last = 0;
};

// Of a text of 8 to 16 bytes.
inline two_words words_of(const std::string &text)
{
    two_words words;
    std::memcpy(&words.first, text.data(), sizeof words.first);
    std::memcpy(&words.last, text.data() + text.size() - sizeof words.last, sizeof words.last);
    return words;
}

// A is such a text, B any.
inline bool is_same(const std::string &a, const std::string &b)
{
    if (a.size() != b.size() || a.size() < sizeof(uint64_t))
        return a == b;
    const two_words of_a = words_of(a), of_b = words_of(b);
    return of_a.first == of_b.first && of_a.last == of_b.last;
}

// FROM is such a text, TO any.
inline void assign(std::string &to, const std::string &from)
{
    constexpr size_t FEW = 4;
    if (to.size() + FEW < from.size() || from.size() < sizeof(uint64_t)) {
        to = from;
        return;
    }
    // One address is often a little longer than another one.
    if (to.size() > from.size())
        to.erase(from.size());
    while (to.size() < from.size())
        to.push_back(' ');
    const two_words words = words_of(from);
    std::memcpy(&to[0], &words.first, sizeof words.first);
    std::memcpy(&to[from.size() - sizeof words.last], &words.last, sizeof words.last);
}

}  // namespace lars
