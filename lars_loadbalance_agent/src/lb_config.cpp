#include "lb_config.h"

#include <charconv>

namespace lars {

std::optional<ratio> ratio::parse(const std::string &text)
{
    const size_t point = text.find('.');
    std::string digits = text.substr(0, point);
    ratio parsed;
    if (point != std::string::npos) {
        const size_t decimals = text.size() - point - 1;
        if (decimals == 0 || decimals > 10)
            return std::nullopt;
        for (size_t i = 0; i < decimals; ++i)
            parsed.denominator *= 10;
        digits += text.substr(point + 1);
    }
    const char *end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, parsed.numerator);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return parsed;
}

// Two 64-bit numbers multiplied need 128 bits.
__extension__ using wide = unsigned __int128;

bool ratio::exceeded_by(uint64_t part, uint64_t whole) const
{
    return wide{part} * denominator > wide{numerator} * whole;
}

bool ratio::reached_by(uint64_t part, uint64_t whole) const
{
    return wide{part} * denominator >= wide{numerator} * whole;
}

}  // namespace lars
