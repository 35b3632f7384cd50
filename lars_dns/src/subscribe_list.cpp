#include "subscribe_list.h"

#include <algorithm>

namespace lars {

bool subscribe_list::subscribe(uint64_t conn_id, module_key key)
{
    std::unordered_set<module_key> &keys = _by_connection[conn_id];
    if (keys.count(key) > 0)
        return true;
    if (keys.size() >= MAX_PER_CONNECTION)
        return false;
    keys.insert(key);
    _by_module[key].push_back(conn_id);
    return true;
}

void subscribe_list::unsubscribe(uint64_t conn_id)
{
    const auto found = _by_connection.find(conn_id);
    if (found == _by_connection.end())
        return;
    for (module_key key : found->second) {
        const auto module = _by_module.find(key);
        std::vector<uint64_t> &ids = module->second;
        ids.erase(std::find(ids.begin(), ids.end(), conn_id));
        if (ids.empty())
            _by_module.erase(module);
    }
    _by_connection.erase(found);
}

const std::vector<uint64_t> *subscribe_list::subscribers(module_key key) const
{
    const auto found = _by_module.find(key);
    return found == _by_module.end() ? nullptr : &found->second;
}

}  // namespace lars
