#include "route_table.h"

#include <algorithm>

#include "wire.h"

namespace lars {

static std::shared_ptr<const table_route> make_route(module_route route)
{
    auto made = std::make_shared<table_route>();
    made->answer = encode_route_for_all(route, &made->hosts_in_answer);
    made->hosts = std::move(route.hosts);
    return made;
}

route_table::route_table(std::vector<module_route> routes, uint64_t version) : _version(version)
{
    _modules.reserve(routes.size());
    for (module_route &route : routes) {
        const module_id module = route.module;
        _modules.emplace_back(module, make_route(std::move(route)));
    }
}

const table_route *route_table::find(const module_id &module) const
{
    const auto found =
        std::lower_bound(_modules.begin(), _modules.end(), module,
                         [](const entry &e, const module_id &wanted) { return e.first < wanted; });
    return found != _modules.end() && found->first == module ? found->second.get() : nullptr;
}

std::vector<module_id> route_table::modules() const
{
    std::vector<module_id> all;
    all.reserve(_modules.size());
    for (const entry &known : _modules)
        all.push_back(known.first);
    return all;
}

std::vector<route_row> route_table::rows() const
{
    std::vector<route_row> all;
    for (const auto &[module, route] : _modules) {
        for (const route_host &host : route->hosts)
            all.push_back({module, host});
    }
    return all;
}

route_table route_table::with(std::vector<module_route> changed) const
{
    std::sort(changed.begin(), changed.end(),
              [](const auto &a, const auto &b) { return a.module < b.module; });
    route_table next;
    next._version = _version;
    next._modules.reserve(_modules.size() + changed.size());
    auto old = _modules.begin();
    for (module_route &route : changed) {
        const module_id module = route.module;
        while (old != _modules.end() && old->first < module)
            next._modules.push_back(*old++);
        sort_hosts(&route.hosts);
        const bool known = old != _modules.end() && old->first == module;
        if (known && old->second->hosts == route.hosts)
            next._modules.push_back(*old);
        else if (!route.hosts.empty())
            next._modules.emplace_back(module, make_route(std::move(route)));
        if (known)
            ++old;
    }
    next._modules.insert(next._modules.end(), old, _modules.end());
    return next;
}

route_table route_table::with_version(uint64_t version) const
{
    route_table same = *this;
    same._version = version;
    return same;
}

std::vector<module_id> route_table::difference(const route_table &a, const route_table &b)
{
    std::vector<module_id> changed;
    auto left = a._modules.begin();
    auto right = b._modules.begin();
    while (left != a._modules.end() || right != b._modules.end()) {
        if (right == b._modules.end() || (left != a._modules.end() && left->first < right->first)) {
            changed.push_back((left++)->first);
        } else if (left == a._modules.end() || right->first < left->first) {
            changed.push_back((right++)->first);
        } else {
            const bool same =
                left->second == right->second || left->second->hosts == right->second->hosts;
            if (!same)
                changed.push_back(left->first);
            ++left;
            ++right;
        }
    }
    return changed;
}

}  // namespace lars
