#include "route.h"

#include <algorithm>

#include "wire_rules.h"

namespace lars {

std::string module_id::to_string() const
{
    return "(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")";
}

bool route_host::can_be_called() const
{
    return lars::can_be_called(address.ip, address.port);
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
        if (hosts.empty() || hosts.back() != row.host)
            hosts.push_back(row.host);
    }
    return modules;
}

}  // namespace lars
