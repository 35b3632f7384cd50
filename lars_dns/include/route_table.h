// All routes at one moment. Never changes once built, so any number of threads
// may read it; a change makes a new table, which shares what stayed the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "route_file.h"

namespace lars {

// modid and cmdid as one number: the same 32 bits each.
using module_key = uint64_t;

inline module_key make_module_key(int32_t modid, int32_t cmdid)
{
    return uint64_t{static_cast<uint32_t>(modid)} << 32 | static_cast<uint32_t>(cmdid);
}
inline int32_t modid_of(module_key key)
{
    return static_cast<int32_t>(key >> 32);
}
inline int32_t cmdid_of(module_key key)
{
    return static_cast<int32_t>(key & 0xffffffff);
}

struct route {
    std::vector<endpoint> hosts;  // sorted, each once
    std::string answer;           // the body of a GetRouteResponse, without seq
    size_t hosts_in_answer = 0;   // fewer than hosts where they do not fit a message
};

// Every module that ROWS name, with its hosts.
using module_hosts = std::pair<module_key, std::vector<endpoint>>;
std::vector<module_hosts> group_by_module(const std::vector<route_row> &rows);

class route_table {
public:
    route_table() = default;
    explicit route_table(const std::vector<route_row> &rows);

    // Null when the module is not known.
    const route *find(module_key key) const;
    size_t size() const { return _modules.size(); }
    std::vector<route_row> rows() const;

    // This table with the given modules replaced; one without hosts is removed.
    route_table with(std::vector<module_hosts> changed) const;

    // The modules whose hosts differ between the two, those that only one of
    // them knows included.
    static std::vector<module_key> difference(const route_table &a, const route_table &b);

private:
    using module = std::pair<module_key, std::shared_ptr<const route>>;
    std::vector<module> _modules;  // sorted by key
};

// The body of a GetRouteResponse for a module that is not known.
std::string empty_answer(module_key key);

}  // namespace lars
