// Decides how much of what the database holds is believed. A database that was made anew,
// or restored from an old copy, must not take away every route at once: while its
// RouteVersion is lower than the one known, or where it has lost more than half of the
// modules at once, those that it lacks are served on, unless RouteChange rows name them.
// What is new or changed there is served in any case.
//
// The doubt ends when nothing is lacking any more, when a RouteChange row says that it is
// all meant so (run_lars route accept), or when it has lasted long enough. This class
// looks at no clock: NOW is the time, which never goes back. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "route.h"
#include "route_reader.h"
#include "route_table.h"

namespace lars {

class route_doubt {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using table_ptr = std::shared_ptr<const route_table>;

    // A doubt lasts PATIENCE at most. With 0 there is none.
    explicit route_doubt(std::chrono::seconds patience) : _patience(patience) {}
    // What began before counts with the new PATIENCE, too.
    void set_patience(std::chrono::seconds patience) { _patience = patience; }

    // The table that is served first is not from the database, but has this RouteVersion.
    void remember_version(uint64_t version);
    // The RouteVersion that the database was last believed with; 0 if there was none.
    uint64_t known_version() const { return _known_version; }

    // Takes what was FOUND in the database, which has a table. Returns the table to serve,
    // with the version for its answers. SERVED is the one so far, null if there is none yet.
    // Then null may come back: there is nothing to serve yet.
    table_ptr judge(const table_ptr &served, const route_reader::result &found, time_point now);

    // True while something is not believed. Then copies of the table are not to be written.
    bool doubting() const { return _since.has_value(); }
    // While doubting, or when judge() has returned null: why, in words.
    const std::string &reason() const { return _reason; }
    // How many modules are served that the database lacks.
    size_t kept() const { return _kept.size(); }
    // While doubting: when it ends by itself, at the next judge() of a complete table.
    std::optional<time_point> ends() const;

private:
    bool is_suspicious(const route_table *served, const route_reader::result &found) const;
    void keep_what_is_lost(const route_table &served, const route_reader::result &found);
    void believe(uint64_t version);
    table_ptr with_kept(const table_ptr &served, const route_reader::result &found) const;
    uint64_t answered_version(uint64_t version);

    std::chrono::seconds _patience;
    uint64_t _known_version = 0;
    uint64_t _highest_version = 0;  // that any answer had
    std::set<module_id> _kept;
    std::optional<time_point> _since;
    std::string _reason;
};

}  // namespace lars
