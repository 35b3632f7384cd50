#include "server_names.h"

#include <algorithm>
#include <cctype>

namespace lars {

// In lower case, without port and final dot.
static std::string plain_name(std::string_view host)
{
    const size_t bracket = host.rfind(']');
    const size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const std::string_view port = host.substr(colon + 1);
        if (port.find_first_not_of("0123456789") != std::string_view::npos)
            return "";
        host = host.substr(0, colon);
    }
    if (!host.empty() && host.back() == '.')
        host.remove_suffix(1);
    std::string name(host);
    for (char &c : name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
}

static bool is_local(const std::string &name)
{
    const auto ip = parse_ip(name);
    return name == "localhost" || name == "[::1]" || (ip && *ip >> 24 == 127);
}

server_names::server_names(const endpoint &address, const std::vector<std::string> &names)
    : _any(address.ip >> 24 != 127)
{
    for (const std::string &name : names)
        _names.push_back(plain_name(name));
}

bool server_names::accept(std::string_view host) const
{
    if (_any)
        return true;
    const std::string name = plain_name(host);
    return is_local(name) ||
           (!name.empty() && std::find(_names.begin(), _names.end(), name) != _names.end());
}

bool is_local_name(std::string_view host)
{
    return is_local(plain_name(host));
}

}  // namespace lars
