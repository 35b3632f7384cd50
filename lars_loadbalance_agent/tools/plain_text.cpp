#include "plain_text.h"

#include <cstdint>

namespace lars {

// The length of the character that begins at AT; 0: none that may be shown.
static size_t character_at(const std::string &text, size_t at)
{
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t lead = byte(at);
    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7f ? 1 : 0;
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + length > text.size())
        return 0;
    uint32_t code = lead & (0x7fu >> length);
    for (size_t i = at + 1; i < at + length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (byte(i) & 0x3fu);
    }
    const bool too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    const bool control = code < 0xa0;
    const bool none = (code & 0xfffe) == 0xfffe || code > 0x10ffff;
    return too_long || surrogate || control || none ? 0 : length;
}

std::string plain_text(const std::string &text, size_t most)
{
    std::string plain;
    for (size_t at = 0; at < text.size();) {
        const size_t length = character_at(text, at);
        if (plain.size() + length > most)
            return plain + "...";
        plain += length == 0 ? "?" : text.substr(at, length);
        at += length == 0 ? 1 : length;
    }
    return plain;
}

}  // namespace lars
