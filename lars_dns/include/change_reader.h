// Finds in the database what has changed, by RouteVersion and RouteChange. Changes are
// found by comparing RouteChange.id with a cursor that is kept here, never by comparing
// seconds. Ids just below the cursor are looked at again, because a transaction may commit
// late. One thread; each call blocks until the database has answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"
#include "status.h"

namespace lars {

class change_reader {
public:
    // DATABASE outlives this. KNOWN_VERSION is the RouteVersion of the table that is served
    // already, 0 if there is none: of the RouteChange rows that the first read finds, those
    // up to it name nothing new.
    change_reader(db_client *database, uint64_t known_version)
        : _db(database), _known_version(known_version)
    {
    }

    struct changes {
        // RouteVersion; nothing if there is no row 1.
        std::optional<uint64_t> version;
        bool version_is_new = false;
        // The modules of the rows not seen before, and those of them that name something
        // new. In order, and each once.
        std::vector<module_id> modules;
        std::vector<module_id> named;
        // A row not seen before does not say what has changed, so that it may be anything.
        bool unclear = false;
        // One says that what the database holds is meant so.
        bool accepted = false;

        bool any() const { return version_is_new || unclear || !modules.empty(); }
    };

    // Finds what is new since the read that was kept last. One statement, unless there is no
    // RouteVersion.
    status read(changes *out);
    // Where the ids have begun anew (a truncated table, or one of an old copy), the cursor goes
    // back with them.
    // After a read, before keep().
    status find_end();
    // After find_end(): whether they have.
    bool ids_begin_anew() const { return _ids_begin_anew; }
    // What the last read has found is known from now on.
    void keep();

    // Deletes rows of RouteChange that are older than AGE and were seen here, at most
    // LIMIT of them. *DELETED becomes their number.
    status prune(std::chrono::seconds age, size_t limit, uint64_t *deleted);

private:
    struct position {
        std::optional<uint64_t> version;
        uint64_t cursor = 0;                     // the highest id seen
        std::optional<uint64_t> cursor_version;  // of its row; nothing where that has none
        std::set<uint64_t> seen;                 // ids within the overlap below it
    };

    std::string unseen(const std::string &id) const;
    status take_row(const db_row &row, changes *out);

    db_client *_db;
    uint64_t _known_version;
    // The RouteChange rows that the next read finds may be old ones up to this id.
    uint64_t _old_up_to = std::numeric_limits<uint64_t>::max();
    position _kept;
    position _found;  // by the last read
    bool _ids_begin_anew = false;
};

}  // namespace lars
