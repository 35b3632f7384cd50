// Reads from the database what is to be served: what has changed, or everything, which is
// compared with the table that is there. One thread; each call blocks until the database
// has answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "change_reader.h"
#include "db_client.h"
#include "route.h"
#include "route_table.h"
#include "row_reader.h"
#include "status.h"
#include "table_mark.h"

namespace lars {

class route_reader {
public:
    // KNOWN_VERSION is the RouteVersion of the table that is served already, 0 if there is
    // none (change_reader.h).
    explicit route_reader(const db_options &options, uint64_t known_version = 0)
        : _db(options), _changes(&_db, known_version)
    {
    }

    // As those of db_client. What was read before is still known after a reconnect.
    bool connected() const { return _db.connected(); }
    status connect();
    void close() { _db.close(); }
    // The server in use, or tried last, for messages.
    std::string database() const { return _db.options().describe(); }
    // How another client comes to that server, and to no other.
    db_options server() const;
    // Any thread. As that of db_client.
    void interrupt() { _db.interrupt(); }

    struct result {
        // The table as it is now; null if nothing hints at a change.
        std::shared_ptr<const route_table> table;
        // Everything was read. Otherwise the table is the one served, with the modules
        // changed that RouteChange rows name.
        bool complete = false;
        // Where everything was read: how many rows of RouteData are in order, drained hosts
        // among them.
        size_t rows = 0;
        // RouteVersion; nothing if there is no row 1.
        std::optional<uint64_t> version;
        // There were RouteChange rows that the reads before had not seen. The modules that
        // they name, in order.
        bool rows_came = false;
        std::vector<module_id> named;
        // One says that what the database holds is meant so.
        bool accepted = false;
        // How many rows of RouteData were left out, because they make no sense; and
        // what is wrong with one of them, in words.
        size_t bad_rows = 0;
        std::string bad_row;

        // Everything was read, and so many rows were there.
        void count_all(const row_count &count);
    };

    // Reads what has changed since the last call and applies it to SERVED, the table that
    // the last calls have made. With FULL everything is compared, whatever the hints; the
    // first call has to. After an error *OUT is unchanged and nothing is remembered, so
    // that the next call finds the same changes again.
    status read(const route_table &served, bool full, result *out);

    // The same as a full read(), after somebody else has compared all rows with a table that
    // was served before, and has found it to be different in COMPARED: only these modules are
    // read, and those that RouteChange rows name by now. So what comes of it is from one moment,
    // after the comparison. Where that would be more than 1000 modules, or the hints do not
    // say which, or their ids have begun anew, or there is no RouteVersion, it is a full read().
    status read_differences(const route_table &served, const table_differences &compared,
                            result *out);

    // *OUT becomes what the database says about RouteData without reading it.
    status look(table_mark *out) { return read_table_mark(&_db, out); }

    // As that of change_reader.
    status prune(std::chrono::seconds age, size_t limit, uint64_t *deleted)
    {
        return _changes.prune(age, limit, deleted);
    }

private:
    status read_changes(change_reader::changes *news, result *out);
    status read_in_transaction(const route_table &served, bool full, result *out);
    status read_differences_in_transaction(const route_table &served,
                                           const table_differences &compared, result *out);
    status read_all(const route_table &served, result *out);
    status read_first(result *out);
    status compare(const route_table &served, result *out);
    status complete(const route_table &served, const std::vector<module_id> &modules,
                    const row_count &count, result *out);
    status read_modules(const route_table &served, const std::vector<module_id> &modules,
                        result *out);

    db_client _db;
    change_reader _changes;
};

}  // namespace lars
