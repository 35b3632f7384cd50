// Finds the modules of a table that differ from rows which come in any order, without
// keeping the rows. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "route.h"
#include "route_table.h"

namespace lars {

class route_comparison {
public:
    // TABLE outlives this.
    explicit route_comparison(const route_table &table);

    // Takes a row of what the table is compared with. A drained host is in no table.
    void add(const route_row &row);

    // Once, after the last row. The modules, in order, of which a row differs from the
    // table, or of which the table has a host without a row. Of a host with several rows
    // of different weights all count, so that its module is one of these.
    std::vector<module_id> differences();

private:
    static constexpr size_t BITS = 64;

    struct place {
        size_t block;
        size_t module;
    };

    bool find(const module_id &module, place *found) const;
    void mark(const place &where, size_t host);
    bool is_complete(const place &where) const;

    const route_table &_table;
    // For each module of each block, a bit for each of its hosts that a row was there for.
    std::vector<std::vector<uint64_t>> _seen;
    // The bits of those hosts that are behind the first ones, of modules that have so many.
    std::unordered_map<module_id, std::vector<bool>, module_id_hash> _seen_of_large;
    std::vector<module_id> _different;
};

}  // namespace lars
