// What route_lb does for the clients of the table.
#include <utility>

#include "route_lb.h"

namespace lars {

bool route_lb::show(const module_id &module, lb_time now)
{
    const auto found = _modules.find(module);
    if (found == _modules.end() || found->second.hosts.empty())
        return false;
    known_module &shown = found->second;
    shown.used = now;
    if (std::exchange(shown.shown, true))
        return true;
    shown.told = shown.hosts.table_version();
    if (_watcher)
        _watcher->changed(module, shown.hosts, now);
    return true;
}

void route_lb::tell_if_changed(const module_id &module, known_module &changed, lb_time now)
{
    const uint64_t version = changed.hosts.table_version();
    if (version == changed.told)
        return;
    changed.told = version;
    if (changed.hosts.empty())
        hide(module, changed);
    else if (_watcher)
        _watcher->changed(module, changed.hosts, now);
}

void route_lb::hide(const module_id &module, known_module &shown)
{
    shown.shown = false;
    if (_watcher)
        _watcher->gone(module);
}

void route_lb::hide_unused(lb_time before)
{
    for (auto &[module, known] : _modules) {
        if (known.shown && known.used < before)
            hide(module, known);
    }
}

bool route_lb::begin_adding(const module_id &module)
{
    const auto found = _modules.find(module);
    if (found == _modules.end())
        return false;
    _last_added = &*found;
    if (!std::exchange(found->second.in_interval, true))
        _in_interval.push_back(_last_added);
    return true;
}

bool route_lb::add_interval(const module_id &module, const endpoint &host,
                            const host_interval &counted, host_slot *seen, lb_time now)
{
    const bool is_last = _last_added && _last_added->first == module;
    if (!is_last && !begin_adding(module))
        return false;
    known_module &added = _last_added->second;
    touch(module, added, now);
    added.has_calls = added.has_calls || counted.all_successes() + counted.all_failures() > 0;
    added.hosts.add_interval(host, counted, seen);
    return true;
}

std::vector<module_change> route_lb::end_interval(lb_time now)
{
    _last_added = nullptr;
    std::vector<module_change> changes;
    for (module_map::value_type *in_interval : _in_interval) {
        auto &[module, ended] = *in_interval;
        ended.in_interval = false;
        for (const host_change &change : ended.hosts.end_interval(_config, now))
            changes.push_back({module, change});
        schedule(module, ended);
        tell_watcher(module, ended, now);
    }
    _in_interval.clear();
    return changes;
}

std::optional<host_slot> route_lb::probe_due(const module_id &module, lb_time now)
{
    const auto found = _modules.find(module);
    return found == _modules.end() ? std::nullopt : found->second.hosts.probe_due(_config, now);
}

}  // namespace lars
