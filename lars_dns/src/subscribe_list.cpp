#include "subscribe_list.h"

#include <algorithm>

namespace lars {

bool subscribe_list::subscribe(uint64_t conn_id, const module_id &module)
{
    auto &modules = _by_connection[conn_id];
    if (modules.count(module) > 0)
        return true;
    if (modules.size() >= MAX_PER_CONNECTION)
        return false;
    modules.insert(module);
    _by_module[module].push_back(conn_id);
    return true;
}

void subscribe_list::unsubscribe(uint64_t conn_id)
{
    const auto found = _by_connection.find(conn_id);
    if (found == _by_connection.end())
        return;
    for (const module_id &module : found->second) {
        const auto place = _by_module.find(module);
        std::vector<uint64_t> &ids = place->second;
        ids.erase(std::find(ids.begin(), ids.end(), conn_id));
        if (ids.empty())
            _by_module.erase(place);
    }
    _by_connection.erase(found);
}

const std::vector<uint64_t> *subscribe_list::subscribers(const module_id &module) const
{
    const auto found = _by_module.find(module);
    return found == _by_module.end() ? nullptr : &found->second;
}

}  // namespace lars
