// Texts that people wrote, before they are kept or shown. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace lars {

// How many characters TEXT has. Nothing if it is not UTF-8 (RFC 3629): a sequence is cut
// short or longer than it has to be, or names a surrogate or nothing at all.
std::optional<size_t> count_characters(std::string_view text);

// The beginning of TEXT: MOST characters, or fewer if there are no more or one is no UTF-8.
std::string_view first_characters(std::string_view text, size_t most);

// Whether TEXT, which is UTF-8, holds one of Unicode's control characters, U+0000 to U+001F
// and U+007F to U+009F: line ends and tabs are such too.
bool has_control_character(std::string_view text);

}  // namespace lars
