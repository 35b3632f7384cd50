#include "server_address.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lars {

static constexpr size_t LONGEST_NAME = 253;
static constexpr size_t LONGEST_LABEL = 63;

static bool same_letter(char a, char b)
{
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

std::optional<endpoint> server_address::as_endpoint() const
{
    const auto ip = parse_ip(host);
    return ip ? std::optional<endpoint>({*ip, port}) : std::nullopt;
}

bool server_address::operator==(const server_address &other) const
{
    return port == other.port &&
           std::equal(host.begin(), host.end(), other.host.begin(), other.host.end(), same_letter);
}

static bool is_label(std::string_view text)
{
    constexpr std::string_view LETTERS =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return !text.empty() && text.size() <= LONGEST_LABEL &&
           text.find_first_not_of(LETTERS) == std::string_view::npos && text.front() != '-' &&
           text.back() != '-';
}

bool is_host_name(std::string_view text)
{
    // The resolver takes "10.1", "10" and "0x7f.1" for addresses.
    constexpr std::string_view DIGITS = "0123456789";
    if (text.empty() || text.size() > LONGEST_NAME)
        return false;
    while (true) {
        const size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (!is_label(label))
            return false;
        if (dot == std::string_view::npos)
            return label.find_first_not_of(DIGITS) != std::string_view::npos &&
                   label.substr(0, 2) != "0x" && label.substr(0, 2) != "0X";
        text.remove_prefix(dot + 1);
    }
}

bool is_host(std::string_view text)
{
    return parse_ip(text).has_value() || is_host_name(text);
}

// Empty, or what is wrong with TEXT.
static std::string parse_server(std::string_view text, server_address *out)
{
    const size_t colon = text.rfind(':');
    if (text.empty())
        return "is empty";
    if (colon == std::string_view::npos)
        return "has no port: it must be host:port";
    const std::string_view digits = text.substr(colon + 1);
    const char *end = digits.data() + digits.size();
    uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end || port == 0)
        return "has a port that is not a number from 1 to 65535";
    if (!is_host(text.substr(0, colon)))
        return "begins with neither an IPv4 address nor a host's name";
    *out = {std::string(text.substr(0, colon)), port};
    return "";
}

static std::string_view trimmed(std::string_view text)
{
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

status parse_servers(std::string_view text, std::vector<server_address> *servers)
{
    std::vector<server_address> found;
    while (true) {
        const size_t comma = text.find(',');
        const std::string entry = "entry " + std::to_string(found.size() + 1) + " ";
        server_address next;
        if (const std::string why = parse_server(trimmed(text.substr(0, comma)), &next);
            !why.empty())
            return status::error(entry + why);
        const auto before = std::find(found.begin(), found.end(), next);
        if (before != found.end())
            return status::error(entry + "is the same as entry " +
                                 std::to_string(before - found.begin() + 1));
        found.push_back(std::move(next));
        if (comma == std::string_view::npos)
            break;
        text.remove_prefix(comma + 1);
    }
    *servers = std::move(found);
    return {};
}

}  // namespace lars
