#include "subscribe_list.h"

#include <algorithm>

namespace lars {

bool subscribe_list::subscribe(uint64_t conn_id, const module_id &module)
{
    auto &modules = _by_connection[conn_id].modules;
    if (modules.count(module) > 0)
        return true;
    const bool full = _size >= MAX_IN_ALL && modules.size() >= MAX_IN_ALL / _by_connection.size();
    if (full || modules.size() >= MAX_PER_CONNECTION)
        return false;
    modules.insert(module);
    _by_module[module].push_back(conn_id);
    ++_size;
    return true;
}

std::optional<module_id> subscribe_list::subscribed_to_unknown(uint64_t conn_id,
                                                               const module_id &module)
{
    const auto found = _by_connection.find(conn_id);
    if (found == _by_connection.end())
        return std::nullopt;
    std::deque<module_id> &unknown = found->second.unknown;
    unknown.push_back(module);
    if (unknown.size() <= MAX_UNKNOWN)
        return std::nullopt;
    const module_id first = unknown.front();
    unknown.pop_front();
    return first;
}

void subscribe_list::remove(uint64_t conn_id, const module_id &module)
{
    const auto place = _by_module.find(module);
    std::vector<uint64_t> &ids = place->second;
    ids.erase(std::find(ids.begin(), ids.end(), conn_id));
    if (ids.empty())
        _by_module.erase(place);
    --_size;
}

void subscribe_list::unsubscribe(uint64_t conn_id, const module_id &module)
{
    const auto found = _by_connection.find(conn_id);
    if (found != _by_connection.end() && found->second.modules.erase(module) > 0)
        remove(conn_id, module);
}

void subscribe_list::unsubscribe(uint64_t conn_id)
{
    const auto found = _by_connection.find(conn_id);
    if (found == _by_connection.end())
        return;
    for (const module_id &module : found->second.modules)
        remove(conn_id, module);
    _by_connection.erase(found);
}

const std::vector<uint64_t> *subscribe_list::subscribers(const module_id &module) const
{
    const auto found = _by_module.find(module);
    return found == _by_module.end() ? nullptr : &found->second;
}

}  // namespace lars
