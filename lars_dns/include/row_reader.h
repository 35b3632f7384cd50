// Reads the rows of RouteData for lars_dns. Those that make no sense are left out and counted.
// Each call is made in the thread that uses DB, which is connected.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"
#include "route_table.h"
#include "status.h"

namespace lars {

struct row_count {
    size_t good = 0;  // drained hosts among them
    size_t bad = 0;
    std::string bad_row;  // what is wrong with one of the bad ones, in words
};

// Calls EACH for the rows in order that WHERE, " WHERE ..." or an empty text, selects, and
// adds what was read to *COUNT. EACH is called while the rows arrive, and must not use DB.
status read_route_rows(db_client *db, const std::string &where,
                       const std::function<void(const route_row &row)> &each, row_count *count);

// In which modules the rows of a database differ from a table.
struct table_differences {
    std::vector<module_id> modules;  // in order
    row_count rows;                  // all that there are
};

// Compares all rows with SERVED. DB is in a read_transaction, so that they are from one moment.
// With an error *OUT is of no use.
status compare_rows(db_client *db, const route_table &served, table_differences *out);

}  // namespace lars
