#include "subscribe_list.h"

#include <algorithm>
#include <utility>

namespace lars {

subscribe_list::subscriber *subscribe_list::join(uint64_t conn_id)
{
    auto added = std::make_unique<subscriber>(conn_id);
    subscriber *who = added.get();
    _all.emplace(who, std::move(added));
    return who;
}

void subscribe_list::leave(subscriber *who)
{
    for (const module_id &module : who->_modules)
        remove(who->_conn_id, module);
    if (!who->_modules.empty())
        --_with_any;
    _all.erase(who);
}

bool subscribe_list::subscribe(subscriber *who, const module_id &module)
{
    module_set &modules = who->_modules;
    if (modules.count(module) > 0)
        return true;
    const bool is_first = modules.empty();
    const size_t connections = _with_any + (is_first ? 1 : 0);
    const bool full = _size >= MAX_IN_ALL && modules.size() >= MAX_IN_ALL / connections;
    if (full || modules.size() >= MAX_PER_CONNECTION)
        return false;
    modules.insert(module);
    _by_module[module].push_back(who->_conn_id);
    _with_any = connections;
    ++_size;
    return true;
}

std::optional<module_id> subscribe_list::subscribed_to_unknown(subscriber *who,
                                                               const module_id &module)
{
    if (!who->_unknown)
        who->_unknown = std::make_unique<std::deque<module_id>>();
    std::deque<module_id> &unknown = *who->_unknown;
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
    std::vector<uint64_t> &ids = place.value();
    ids.erase(std::find(ids.begin(), ids.end(), conn_id));
    if (ids.empty())
        _by_module.erase(place);
    --_size;
}

void subscribe_list::unsubscribe(subscriber *who, const module_id &module)
{
    if (who->_modules.erase(module) == 0)
        return;
    remove(who->_conn_id, module);
    if (who->_modules.empty())
        --_with_any;
}

const std::vector<uint64_t> *subscribe_list::subscribers(const module_id &module) const
{
    const auto found = _by_module.find(module);
    return found == _by_module.end() ? nullptr : &found->second;
}

}  // namespace lars
