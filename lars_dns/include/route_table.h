// All routes at one moment. A table never changes, so any number of threads may read
// it. A change makes a new table, which shares with the old one what has stayed the
// same.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "route.h"

namespace lars {

// A module's route as the table keeps it.
struct table_route {
    std::vector<route_host> hosts;  // sorted, each once
    std::string answer;             // it as the body of a GetRouteResponse without a seq
    size_t hosts_in_answer = 0;     // less than there are, if they do not fit a message
};

class route_table {
public:
    route_table() = default;
    // ROUTES are in order and without repetitions, as group_by_module makes them.
    explicit route_table(std::vector<module_route> routes);

    // The module's route; null if the module is not known. It stays the table's, and is
    // valid for as long as the table lives.
    const table_route *find(const module_id &module) const;
    // How many modules there are.
    size_t size() const { return _modules.size(); }
    // Every host of every module, in order.
    std::vector<route_row> rows() const;

    // Makes a table in which the CHANGED modules have the hosts given there. A module
    // without hosts is removed. Each module is in CHANGED once.
    route_table with(std::vector<module_route> changed) const;

    // The modules, in order, whose hosts differ between the two tables. A module that
    // only one of them knows is one of these.
    static std::vector<module_id> difference(const route_table &a, const route_table &b);

private:
    using entry = std::pair<module_id, std::shared_ptr<const table_route>>;
    std::vector<entry> _modules;  // sorted by module
};

}  // namespace lars
