#include "route.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "wire_rules.h"

namespace lars {

std::optional<int32_t> parse_id(std::string_view text)
{
    int64_t number = 0;
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end || number < std::numeric_limits<int32_t>::min() ||
        number > std::numeric_limits<uint32_t>::max())
        return std::nullopt;
    return static_cast<int32_t>(static_cast<uint32_t>(number));
}

std::string module_id::to_string() const
{
    return "(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")";
}

std::string route_host::to_string() const
{
    return address.to_string() + (weight == DEFAULT_WEIGHT ? "" : "@" + std::to_string(weight));
}

std::optional<route_host> route_host::parse(std::string_view text)
{
    const size_t at = text.find('@');
    const auto address = endpoint::parse(text.substr(0, at));
    if (!address)
        return std::nullopt;
    route_host host{*address};
    if (at == std::string_view::npos)
        return host;
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + at + 1, end, host.weight);
    if (error != std::errc() || stopped != end)
        return std::nullopt;
    return host;
}

bool route_host::can_be_called() const
{
    return lars::can_be_called(address.ip, address.port);
}

void sort_hosts(std::vector<route_host> *hosts)
{
    std::sort(hosts->begin(), hosts->end());
    const auto same = [](const route_host &a, const route_host &b) {
        return a.address == b.address;
    };
    hosts->erase(std::unique(hosts->begin(), hosts->end(), same), hosts->end());
}

const route_host *find_host(const std::vector<route_host> &hosts, const endpoint &address)
{
    const auto found = std::find_if(hosts.begin(), hosts.end(), [&address](const route_host &host) {
        return host.address == address;
    });
    return found == hosts.end() ? nullptr : &*found;
}

std::vector<module_route> group_by_module(std::vector<route_row> rows)
{
    std::sort(rows.begin(), rows.end());
    // The lowest weight of a host comes first.
    const auto same_host = [](const route_row &a, const route_row &b) {
        return a.module == b.module && a.host.address == b.host.address;
    };
    rows.erase(std::unique(rows.begin(), rows.end(), same_host), rows.end());
    std::vector<module_route> modules;
    for (const route_row &row : rows) {
        if (!row.host.can_be_called() || row.host.drained())
            continue;
        if (modules.empty() || modules.back().module != row.module)
            modules.push_back({row.module, {}});
        modules.back().hosts.push_back(row.host);
    }
    return modules;
}

}  // namespace lars
