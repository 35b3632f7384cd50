#include "utf8.h"

#include <cstdint>

namespace lars {

// Takes the first character off *TEXT, which is not empty. Nothing if it is none.
static std::optional<uint32_t> take_character(std::string_view *text)
{
    static constexpr uint32_t LOWEST[] = {0, 0x80, 0x800, 0x10000};
    const auto first = static_cast<unsigned char>(text->front());
    const size_t more = first < 0x80   ? 0
                        : first < 0xc0 ? 4
                        : first < 0xe0 ? 1
                        : first < 0xf0 ? 2
                                       : 3;
    if (first >= 0xf8 || more > 3 || text->size() <= more)
        return std::nullopt;
    uint32_t character = more == 0 ? first : first & (0x3fu >> more);
    for (size_t i = 1; i <= more; ++i) {
        const auto byte = static_cast<unsigned char>((*text)[i]);
        if ((byte & 0xc0) != 0x80)
            return std::nullopt;
        character = character << 6 | (byte & 0x3f);
    }
    const bool surrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < LOWEST[more] || surrogate || character > 0x10ffff)
        return std::nullopt;
    text->remove_prefix(more + 1);
    return character;
}

std::optional<size_t> count_characters(std::string_view text)
{
    size_t characters = 0;
    for (; !text.empty(); ++characters)
        if (!take_character(&text))
            return std::nullopt;
    return characters;
}

std::string_view first_characters(std::string_view text, size_t most)
{
    std::string_view rest = text;
    for (size_t i = 0; i < most && !rest.empty(); ++i)
        if (!take_character(&rest))
            break;
    return text.substr(0, text.size() - rest.size());
}

bool has_control_character(std::string_view text)
{
    while (!text.empty()) {
        const auto character = take_character(&text);
        if (!character)
            return false;
        if (*character < 0x20 || (*character >= 0x7f && *character <= 0x9f))
            return true;
    }
    return false;
}

}  // namespace lars
