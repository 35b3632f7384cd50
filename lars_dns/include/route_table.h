// All routes at one moment. Never changes once built, so any number of threads
// may read it; a change makes a new table, which shares what stayed the same.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "route.h"

namespace lars {

// A module's route as the table keeps it.
struct table_route {
    std::vector<route_host> hosts;  // sorted, each once
    std::string answer;             // the body of a GetRouteResponse, without a seq
    size_t hosts_in_answer = 0;     // fewer than hosts where they do not fit a message
};

class route_table {
public:
    route_table() = default;
    // Each module once, as group_by_module gives them.
    explicit route_table(std::vector<module_route> routes);

    // Null when the module is not known. Valid as long as the table.
    const table_route *find(const module_id &module) const;
    size_t size() const { return _modules.size(); }
    std::vector<route_row> rows() const;

    // This table with the given modules replaced; one without hosts is removed.
    route_table with(std::vector<module_route> changed) const;

    // The modules whose hosts differ between the two, those that only one of
    // them knows included.
    static std::vector<module_id> difference(const route_table &a, const route_table &b);

private:
    using entry = std::pair<module_id, std::shared_ptr<const table_route>>;
    std::vector<entry> _modules;  // sorted by module
};

}  // namespace lars
