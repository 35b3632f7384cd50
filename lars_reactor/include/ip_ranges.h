// A set of IPv4 addresses, such as 10.0.0.0/8 and 192.168.1.7: who may come in. It is a
// value like any other, and any thread may use it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace lars {

class ip_ranges {
public:
    // No address at all.
    ip_ranges() = default;

    // Reads "10.0.0.0/8, 192.168.1.7" into *OUT: each item is an address, or an address
    // and the length of its prefix, 0 to 32. Blanks around an item do not count, and a
    // TEXT of nothing else is no address at all. The error says which item is wrong, and
    // why: also one with bits set below the prefix, such as 10.1.0.0/8, since its writer
    // may mean 10.0.0.0/8 or 10.1.0.0/16. *OUT is then unchanged.
    static status parse(std::string_view text, ip_ranges *out);
    // 127.0.0.0/8.
    static ip_ranges loopback();

    bool empty() const { return _ranges.empty(); }
    // IP is in host order.
    bool contains(uint32_t ip) const
    {
        for (const range &one : _ranges) {
            if ((ip & one.mask) == one.first)
                return true;
        }
        return false;
    }
    // As parse() reads it.
    std::string to_string() const;

    bool operator==(const ip_ranges &other) const { return _ranges == other._ranges; }
    bool operator!=(const ip_ranges &other) const { return !(*this == other); }

private:
    struct range {
        uint32_t first = 0;
        uint32_t mask = 0;
        bool operator==(const range &other) const
        {
            return first == other.first && mask == other.mask;
        }
    };
    static status parse_range(std::string_view item, range *out);

    std::vector<range> _ranges;
};

}  // namespace lars
