#include "endpoint.h"

#include <arpa/inet.h>

#include <charconv>

namespace lars {

std::optional<uint32_t> parse_ip(std::string_view text)
{
    // inet_pton wants a terminated string.
    in_addr address{};
    if (text.find('\0') != std::string_view::npos ||
        inet_pton(AF_INET, std::string(text).c_str(), &address) != 1)
        return std::nullopt;
    return ntohl(address.s_addr);
}

std::string ip_to_string(uint32_t ip)
{
    in_addr address{};
    address.s_addr = htonl(ip);
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, &address, text, sizeof text) ? text : "";
}

std::optional<endpoint> endpoint::parse(std::string_view text)
{
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;

    const auto ip = parse_ip(text.substr(0, colon));
    const std::string_view digits = text.substr(colon + 1);
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!ip || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return endpoint{*ip, port};
}

endpoint endpoint::from_sockaddr(const sockaddr_in &address)
{
    return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

sockaddr_in endpoint::to_sockaddr() const
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(ip);
    address.sin_port = htons(port);
    return address;
}

std::string endpoint::to_string() const
{
    return ip_to_string(ip) + ":" + std::to_string(port);
}

}  // namespace lars
