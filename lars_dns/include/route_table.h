// All routes at one moment. A table never changes, so any number of threads may read
// it. A change makes a new table, which shares with the old one what has stayed the
// same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "route.h"

namespace lars {

// A module's route as the table keeps it.
struct table_route {
    std::vector<route_host> hosts;  // sorted, each once
    std::string answer;             // it, as encode_route_for_all() makes it
    size_t hosts_in_answer = 0;     // less than there are, if they do not fit a message
};

class route_table {
public:
    route_table() = default;
    // ROUTES are in order and without repetitions, as group_by_module makes them. VERSION
    // is what answers from this table say that theirs is; 0: it is not known.
    explicit route_table(std::vector<module_route> routes, uint64_t version = 0);

    // The module's route; null if the module is not known. It stays the table's, and is
    // valid for as long as the table lives.
    const table_route *find(const module_id &module) const;
    uint64_t version() const { return _version; }
    // How many modules there are.
    size_t size() const { return _modules.size(); }
    // Every module, in order.
    std::vector<module_id> modules() const;
    // Every host of every module, in order.
    std::vector<route_row> rows() const;

    // Makes a table in which the CHANGED modules have the hosts given there. A module
    // without hosts is removed. Each module is in CHANGED once.
    route_table with(std::vector<module_route> changed) const;
    // Makes the same table, with another version.
    route_table with_version(uint64_t version) const;

    // The modules, in order, whose hosts differ between the two tables. A module that
    // only one of them knows is one of these.
    static std::vector<module_id> difference(const route_table &a, const route_table &b);

private:
    using entry = std::pair<module_id, std::shared_ptr<const table_route>>;
    std::vector<entry> _modules;  // sorted by module
    uint64_t _version = 0;
};

}  // namespace lars
