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
    // KNOWN_VERSION is the RouteVersion of the table that is served already, 0 if there is
    // none: of the RouteChange rows that the first read finds, those up to it name nothing
    // new.
    explicit route_reader(const db_options &options, uint64_t known_version = 0)
        : _db(options), _known_version(known_version)
    {
    }

    // As those of db_client. What was read before is still known after a reconnect.
    bool connected() const { return _db.connected(); }
    status connect() { return _db.connect(); }
    void close() { _db.close(); }
    // Any thread. As that of db_client.
    void interrupt() { _db.interrupt(); }

    struct result {
        // The table as it is now; null if nothing hints at a change.
        std::shared_ptr<const route_table> table;
        // Everything was read. Otherwise the table is the one served, with the modules
        // changed that RouteChange rows name.
        bool complete = false;
        // How many rows of RouteData were read, drained hosts among them.
        size_t rows = 0;
        // RouteVersion; nothing if there is no row 1.
        std::optional<uint64_t> version;
        // The modules that RouteChange rows name which the reads before had not seen, in
        // order.
        std::vector<module_id> named;
        // A RouteChange row says that what the database holds is meant so.
        bool accepted = false;
        // How many rows of RouteData were left out, because they make no sense; and
        // what is wrong with one of them, in words.
        size_t bad_rows = 0;
        std::string bad_row;
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
    status read_changes(position *now, result *out, std::vector<module_id> *changed, bool *unclear);
    status read_cursor(position *now, bool *ids_begin_anew);
    status read_rows(const std::string &where, std::vector<route_row> *rows, result *out);
    status read_all(result *out);
    status read_modules(const route_table &served, const std::vector<module_id> &modules,
                        result *out);

    db_client _db;
    uint64_t _known_version;
    bool _first = true;  // the next read finds RouteChange rows that may be old
    position _position;
};

}  // namespace lars
