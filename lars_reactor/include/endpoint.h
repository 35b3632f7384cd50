// An IPv4 address and a port. It is a value like any other, and any thread may use it.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lars {

struct endpoint {
    uint32_t ip = 0;    // host order: 127.0.0.1 is 0x7f000001
    uint16_t port = 0;  // host order

    // Reads "127.0.0.1:7778": four decimal numbers and a port from 0 to 65535, and
    // nothing else around them. Empty if TEXT is not that.
    static std::optional<endpoint> parse(std::string_view text);

    // To and from the kernel's form, which has network order.
    static endpoint from_sockaddr(const sockaddr_in &address);
    sockaddr_in to_sockaddr() const;
    // As parse() reads it.
    std::string to_string() const;

    bool operator==(const endpoint &other) const { return ip == other.ip && port == other.port; }
    bool operator!=(const endpoint &other) const { return !(*this == other); }
    bool operator<(const endpoint &other) const
    {
        return ip != other.ip ? ip < other.ip : port < other.port;
    }
};

// For unordered containers.
struct endpoint_hash {
    size_t operator()(const endpoint &address) const
    {
        // No two addresses share this number; Fibonacci hashing spreads neighbours
        // (Knuth, The Art of Computer Programming 6.4).
        const uint64_t both = uint64_t{address.ip} << 16 | address.port;
        return static_cast<size_t>((both * 0x9e3779b97f4a7c15u) >> 16);
    }
};

// "127.0.0.1" and the number for it in host order. Empty if TEXT is no such address.
std::optional<uint32_t> parse_ip(std::string_view text);
std::string ip_to_string(uint32_t ip);

}  // namespace lars
