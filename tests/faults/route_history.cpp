#include "route_history.h"

#include <algorithm>

#include "endpoint.h"

namespace lars::faults {

uint32_t host_ip(int host, uint32_t version)
{
    return 10u << 24 | static_cast<uint32_t>(host) << 16 | version;
}

route_history::route_history() : _modules(MODULES)
{
    for (module &m : _modules)
        m.versions.push_back({steady::now()});
}

void route_history::attempt(int modid, uint32_t version)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    module &m = _modules[static_cast<size_t>(modid - 1)];
    if (m.versions.size() < version)
        m.versions.push_back({steady::now()});
}

void route_history::confirm(int modid, uint32_t version)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    module &m = _modules[static_cast<size_t>(modid - 1)];
    m.current = version;
    m.confirmed = steady::now();
    m.versions[version - 2].replaced = m.confirmed;
}

uint32_t route_history::current(int modid) const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return _modules[static_cast<size_t>(modid - 1)].current;
}

bool route_history::confirmed_since(int modid, steady::time_point when) const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return _modules[static_cast<size_t>(modid - 1)].confirmed >= when;
}

void route_history::allow_old()
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _old_allowed = true;
}

void route_history::allow_lag(milliseconds lag)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _old_allowed = false;
    _lag = lag;
    _strict_since = steady::now();
}

std::string route_history::judge(int modid, uint32_t ip, int port, steady::time_point asked,
                                 uint32_t *version) const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    const std::string what = endpoint{ip, static_cast<uint16_t>(port)}.to_string() +
                             " for module " + std::to_string(modid);
    const module &m = _modules[static_cast<size_t>(modid - 1)];
    *version = ip & 0xffff;
    const int host = static_cast<int>(ip >> 16 & 0xff);
    if (port != host_port(modid) || ip >> 24 != 10)
        return what + ": a host of another module";
    if (host < 1 || host > HOSTS || *version < 1 || *version > m.versions.size())
        return what + ": a host that it never had";
    // What was replaced while old ones were allowed has its lag from then on.
    const auto late = std::max(m.versions[*version - 1].replaced, _strict_since);
    if (!_old_allowed && m.versions[*version - 1].replaced != steady::time_point::max() &&
        asked > late + _lag)
        return what + ": replaced " +
               std::to_string(std::chrono::duration_cast<milliseconds>(
                                  asked - m.versions[*version - 1].replaced)
                                  .count()) +
               " ms before";
    return {};
}

}  // namespace lars::faults
