// Makes a route_table of rows that are in order, as they are in a file of ours, without
// keeping them. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "route.h"
#include "route_table.h"
#include "route_table_builder.h"

namespace lars {

class table_of_rows {
public:
    // Takes the next row. What a row must not hold is left out, as group_by_module() does.
    void add(const route_row &row);
    // The table, once.
    route_table build(uint64_t version);
    // After build(). False if a module was not higher than the one before: then the table is
    // of no use, and the rows are to be taken another way.
    bool in_order() const { return _in_order; }

private:
    void end_module();

    route_table_builder _builder;
    std::vector<route_row> _rows;  // of the module that comes now
    module_id _last;               // the module before
    bool _has_last = false;
    bool _in_order = true;
};

}  // namespace lars
