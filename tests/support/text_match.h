// Regular expressions (ECMAScript), compiled here once: <regex> is slow to compile.
#pragma once

#include <string>
#include <vector>

namespace lars::test {

// The first part of TEXT that PATTERN describes, and behind it that of each group; empty if
// there is none.
std::vector<std::string> first_match(const std::string &text, const std::string &pattern);
bool has_match(const std::string &text, const std::string &pattern);
// TEXT with WITH for each part that PATTERN describes.
std::string replace_matches(const std::string &text, const std::string &pattern,
                            const std::string &with);

}  // namespace lars::test
