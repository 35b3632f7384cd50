// An IPv4 address and port. Any thread; a value like any other.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lars {

struct endpoint {
    uint32_t ip = 0;    // host order: 127.0.0.1 is 0x7f000001
    uint16_t port = 0;  // host order

    // "127.0.0.1:7778". Nothing but four decimal numbers and a port of 0 to 65535.
    static std::optional<endpoint> parse(std::string_view text);

    static endpoint from_sockaddr(const sockaddr_in &address);
    sockaddr_in to_sockaddr() const;
    std::string to_string() const;

    bool operator==(const endpoint &other) const { return ip == other.ip && port == other.port; }
    bool operator!=(const endpoint &other) const { return !(*this == other); }
    bool operator<(const endpoint &other) const
    {
        return ip != other.ip ? ip < other.ip : port < other.port;
    }
};

struct endpoint_hash {
    size_t operator()(const endpoint &address) const
    {
        // No two addresses share this number; Fibonacci hashing spreads neighbours
        // (Knuth, The Art of Computer Programming 6.4).
        const uint64_t both = uint64_t{address.ip} << 16 | address.port;
        return static_cast<size_t>((both * 0x9e3779b97f4a7c15u) >> 16);
    }
};

std::optional<uint32_t> parse_ip(std::string_view text);
std::string ip_to_string(uint32_t ip);

// "10.0.0.1:7778, 10.0.0.2:7778"; nothing if any of them is wrong or there is none.
std::optional<std::vector<endpoint>> parse_endpoints(std::string_view text);

}  // namespace lars
