#include "route_table.h"

#include <algorithm>

#include "lars.pb.h"
#include "message.h"

namespace lars {

static void sort_unique(std::vector<endpoint> &hosts)
{
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
}

static std::shared_ptr<const route> make_route(module_key key, std::vector<endpoint> hosts)
{
    auto made = std::make_shared<route>();
    made->hosts = std::move(hosts);

    GetRouteResponse body;
    body.set_modid(modid_of(key));
    body.set_cmdid(cmdid_of(key));
    // A seq, which is added later, takes at most 6 bytes; a host's tag and
    // length take 2.
    size_t room = MESSAGE_LENGTH_LIMIT - body.ByteSizeLong() - 6;
    for (const endpoint &host : made->hosts) {
        HostInfo info;
        info.set_ip(static_cast<int32_t>(host.ip));
        info.set_port(host.port);
        const size_t size = info.ByteSizeLong() + 2;
        if (size > room)
            break;
        room -= size;
        *body.add_host() = info;
        ++made->hosts_in_answer;
    }
    body.SerializeToString(&made->answer);
    return made;
}

std::string empty_answer(module_key key)
{
    GetRouteResponse body;
    body.set_modid(modid_of(key));
    body.set_cmdid(cmdid_of(key));
    return body.SerializeAsString();
}

std::vector<module_hosts> group_by_module(const std::vector<route_row> &rows)
{
    std::vector<std::pair<module_key, endpoint>> pairs;
    pairs.reserve(rows.size());
    for (const route_row &row : rows)
        pairs.emplace_back(make_module_key(row.modid, row.cmdid), row.host);
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());

    std::vector<module_hosts> modules;
    for (const auto &[key, host] : pairs) {
        if (modules.empty() || modules.back().first != key)
            modules.push_back({key, {}});
        modules.back().second.push_back(host);
    }
    return modules;
}

route_table::route_table(const std::vector<route_row> &rows)
{
    std::vector<module_hosts> modules = group_by_module(rows);
    _modules.reserve(modules.size());
    for (auto &[key, hosts] : modules)
        _modules.emplace_back(key, make_route(key, std::move(hosts)));
}

const route *route_table::find(module_key key) const
{
    const auto found =
        std::lower_bound(_modules.begin(), _modules.end(), key,
                         [](const module &m, module_key wanted) { return m.first < wanted; });
    return found != _modules.end() && found->first == key ? found->second.get() : nullptr;
}

std::vector<route_row> route_table::rows() const
{
    std::vector<route_row> all;
    for (const auto &[key, module_route] : _modules) {
        for (const endpoint &host : module_route->hosts)
            all.push_back({modid_of(key), cmdid_of(key), host});
    }
    return all;
}

route_table route_table::with(std::vector<module_hosts> changed) const
{
    std::sort(changed.begin(), changed.end(),
              [](const auto &a, const auto &b) { return a.first < b.first; });
    route_table next;
    next._modules.reserve(_modules.size() + changed.size());
    auto old = _modules.begin();
    for (auto &[key, hosts] : changed) {
        while (old != _modules.end() && old->first < key)
            next._modules.push_back(*old++);
        sort_unique(hosts);
        const bool known = old != _modules.end() && old->first == key;
        if (known && old->second->hosts == hosts)
            next._modules.push_back(*old);
        else if (!hosts.empty())
            next._modules.emplace_back(key, make_route(key, std::move(hosts)));
        if (known)
            ++old;
    }
    next._modules.insert(next._modules.end(), old, _modules.end());
    return next;
}

std::vector<module_key> route_table::difference(const route_table &a, const route_table &b)
{
    std::vector<module_key> changed;
    auto left = a._modules.begin();
    auto right = b._modules.begin();
    while (left != a._modules.end() || right != b._modules.end()) {
        if (right == b._modules.end() || (left != a._modules.end() && left->first < right->first)) {
            changed.push_back((left++)->first);
        } else if (left == a._modules.end() || right->first < left->first) {
            changed.push_back((right++)->first);
        } else {
            const bool same = left->second == right->second ||
                              left->second->hosts == right->second->hosts;
            if (!same)
                changed.push_back(left->first);
            ++left;
            ++right;
        }
    }
    return changed;
}

}  // namespace lars
