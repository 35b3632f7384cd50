#include "text_match.h"

#include <regex>

namespace lars::test {

std::vector<std::string> first_match(const std::string &text, const std::string &pattern)
{
    std::smatch found;
    if (!std::regex_search(text, found, std::regex(pattern)))
        return {};
    return {found.begin(), found.end()};
}

bool has_match(const std::string &text, const std::string &pattern)
{
    return !first_match(text, pattern).empty();
}

std::string replace_matches(const std::string &text, const std::string &pattern,
                            const std::string &with)
{
    return std::regex_replace(text, std::regex(pattern), with);
}

}  // namespace lars::test
