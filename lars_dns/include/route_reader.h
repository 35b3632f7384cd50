// Reads routes and their changes from the database. Changes are found by comparing
// RouteChange.id with a cursor that is kept here, never by comparing seconds. Ids just
// below the cursor are looked at again, because a transaction may commit late. One
// thread; each call blocks until the database has answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"
#include "route_table.h"
#include "status.h"

namespace lars {

class route_reader {
public:
    explicit route_reader(const db_options &options) : _db(options) {}

    // As those of db_client. What was read before is still known after a reconnect.
    bool connected() const { return _db.connected(); }
    status connect() { return _db.connect(); }
    void close() { _db.close(); }

    struct result {
        // The table as it is now; null if nothing hints at a change, and while the
        // emptiness is doubted.
        std::shared_ptr<const route_table> table;
        // How many rows of RouteData were left out, because they make no sense; and
        // what is wrong with one of them, in words.
        size_t bad_rows = 0;
        std::string bad_row;
        // RouteData is empty and RouteVersion has no row 1, as while a dump is loaded. The
        // emptiness is not believed.
        bool emptiness_doubted = false;
    };

    // Reads what has changed since the last call and applies it to SERVED, the table that
    // the last calls have made. With FULL it reads everything, whatever the hints; the
    // first call has to. After an error *OUT is unchanged and nothing is remembered, so
    // that the next call finds the same changes again.
    status read(const route_table &served, bool full, result *out);

    // Deletes rows of RouteChange that are older than AGE and were seen here, at most
    // LIMIT of them. *DELETED becomes their number.
    status prune(std::chrono::seconds age, size_t limit, uint64_t *deleted);

private:
    // What is known of RouteVersion and RouteChange.
    struct position {
        std::optional<uint64_t> version;
        uint64_t cursor = 0;      // the highest id seen
        std::set<uint64_t> seen;  // ids within the overlap below it
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
