// Reads routes and their changes from the database. Changes
// are found by RouteChange.id against a cursor of our own, never by comparing
// seconds; ids just below the cursor are looked at again, because a transaction
// may commit late. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "db_client.h"
#include "route_table.h"

namespace lars {

class route_reader {
public:
    explicit route_reader(const db_options &options) : _db(options) {}

    bool connected() const { return _db.connected(); }
    status connect() { return _db.connect(); }
    void close() { _db.close(); }

    struct result {
        // The table as it is now; null where nothing hints at a change.
        std::shared_ptr<const route_table> table;
        size_t bad_rows = 0;  // rows left out, and one of them in words
        std::string bad_row;
        bool emptiness_doubted = false;  // RouteData is empty, but that is not believed
    };

    // Reads what has changed since the last call and applies it to SERVED. FULL:
    // reads everything, whatever the hints; the first call has to. After an error
    // nothing is remembered, so the next call finds the same changes again.
    status read(const route_table &served, bool full, result *out);

    // Deletes at most LIMIT rows of RouteChange that are older than AGE and were
    // seen here.
    status prune(std::chrono::seconds age, size_t limit, uint64_t *deleted);

private:
    // What is known of RouteVersion and RouteChange.
    struct position {
        std::optional<uint64_t> version;
        uint64_t cursor = 0;          // the highest id seen
        std::set<uint64_t> seen;      // ids within the overlap below it
    };

    status read_version(position *now);
    status read_changes(position *now, std::vector<module_id> *modules, bool *unclear);
    status read_cursor(position *now);
    status read_rows(const std::string &where, std::vector<route_row> *rows, result *out);
    status read_all(const position &now, result *out);
    status read_modules(const route_table &served, const std::vector<module_id> &modules,
                        result *out);

    db_client _db;
    position _position;
};

}  // namespace lars
