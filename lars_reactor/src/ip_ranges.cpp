#include "ip_ranges.h"

#include <algorithm>
#include <charconv>

#include "endpoint.h"

namespace lars {

static uint32_t mask_of(unsigned prefix)
{
    return prefix == 0 ? 0 : ~uint32_t{0} << (32 - prefix);
}

static unsigned prefix_of(uint32_t mask)
{
    unsigned prefix = 0;
    while (prefix < 32 && mask_of(prefix) != mask)
        ++prefix;
    return prefix;
}

// The length of a prefix: one or two digits, 0 to 32, written in one way only.
static bool parse_prefix(std::string_view digits, unsigned *out)
{
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *out);
    return error == std::errc() && end == digits.data() + digits.size() && *out <= 32 &&
           (digits.size() == 1 || digits[0] != '0');
}

status ip_ranges::parse_range(std::string_view item, range *out)
{
    const size_t slash = item.find('/');
    const auto ip = parse_ip(item.substr(0, slash));
    unsigned prefix = 32;
    if (!ip || (slash != std::string_view::npos && !parse_prefix(item.substr(slash + 1), &prefix)))
        return status::error("'" + std::string(item) +
                             "' is neither an IPv4 address nor a range such as 10.0.0.0/8");
    const uint32_t mask = mask_of(prefix);
    if ((*ip & ~mask) != 0)
        return status::error("'" + std::string(item) + "' has bits set below its prefix; " +
                             ip_to_string(*ip & mask) + "/" + std::to_string(prefix) +
                             " is the range that it lies in");
    *out = {*ip, mask};
    return {};
}

status ip_ranges::parse(std::string_view text, ip_ranges *out)
{
    constexpr char BLANKS[] = " \t";
    ip_ranges found;
    if (text.find_first_not_of(BLANKS) == std::string_view::npos) {
        *out = {};
        return {};
    }
    while (true) {
        const size_t comma = text.find(',');
        std::string_view item = text.substr(0, comma);
        item.remove_prefix(std::min(item.find_first_not_of(BLANKS), item.size()));
        item = item.substr(0, item.find_last_not_of(BLANKS) + 1);
        range one;
        if (status s = parse_range(item, &one); !s)
            return s;
        found._ranges.push_back(one);
        if (comma == std::string_view::npos)
            break;
        text.remove_prefix(comma + 1);
    }
    *out = std::move(found);
    return {};
}

ip_ranges ip_ranges::loopback()
{
    ip_ranges all;
    all._ranges.push_back({0x7f000000, mask_of(8)});
    return all;
}

std::string ip_ranges::to_string() const
{
    std::string text;
    for (const range &one : _ranges) {
        text += (text.empty() ? "" : ", ") + ip_to_string(one.first);
        if (const unsigned prefix = prefix_of(one.mask); prefix < 32)
            text += "/" + std::to_string(prefix);
    }
    return text;
}

}  // namespace lars
