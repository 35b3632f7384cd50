#include "route.h"

#include <algorithm>

#include "wire_rules.h"

namespace lars {

std::string module_id::to_string() const
{
    return "(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")";
}

std::optional<route_host> route_host::parse(std::string_view text)
{
    const auto address = endpoint::parse(text);
    if (!address)
        return std::nullopt;
    return route_host{*address};
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
    std::vector<module_route> modules;
    for (const route_row &row : rows) {
        if (!row.host.can_be_called())
            continue;
        if (modules.empty() || modules.back().module != row.module)
            modules.push_back({row.module, {}});
        std::vector<route_host> &hosts = modules.back().hosts;
        if (hosts.empty() || hosts.back().address != row.host.address)
            hosts.push_back(row.host);
    }
    return modules;
}

}  // namespace lars
