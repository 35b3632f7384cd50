#include "history_cache.h"

namespace lars {

static constexpr size_t MOST_KNOWN = 5000;

status history_cache::read(db_client &client, const std::vector<module_id> &modules, int64_t now,
                           module_histories *histories)
{
    histories->clear();
    std::vector<module_id> missing;
    if (find_known(modules, now, histories, &missing))
        return {};
    module_histories fresh;
    if (status s = read_history(client, missing, now, &fresh); !s)
        return s;
    std::lock_guard lock(_mutex);
    if (_known.size() + fresh.size() > MOST_KNOWN)
        _known.clear();
    for (auto &[module, history] : fresh) {
        _known[module] = history;
        (*histories)[module] = std::move(history);
    }
    return {};
}

bool history_cache::find_known(const std::vector<module_id> &modules, int64_t now,
                               module_histories *histories, std::vector<module_id> *missing)
{
    std::lock_guard lock(_mutex);
    if (_minute != now / 60) {
        _known.clear();
        _minute = now / 60;
    }
    for (const module_id &module : modules) {
        const auto at = _known.find(module);
        if (at == _known.end())
            missing->push_back(module);
        else
            histories->insert(*at);
    }
    return missing->empty();
}

void history_cache::forget()
{
    std::lock_guard lock(_mutex);
    _known.clear();
}

}  // namespace lars
