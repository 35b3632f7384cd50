// The file of the routes last known, for a start at which the database is away, or has not
// been compared yet. What changes goes to a journal beside it (route_journal.h), FILE-journal;
// now and then, and always while it is small, the file is written anew. That is done by a
// thread of its own, soon after a change, but at most once a second. A failure is said once,
// until it is over or is another one. One thread, the owner's.
//
// Beside the file, FILE~ is its last good generation: the file before it was last written
// anew (generation.h).
//
// This class has no timer: its owner says when something has changed, and calls save() when
// save_due() says so.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "log.h"
#include "route_table.h"
#include "saving_thread.h"

namespace lars {

class route_snapshot {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // Files up to this many bytes have no journal.
    static constexpr size_t SMALL = 256u << 10;

    // With an empty PATH there is no file: load() finds nothing and save() is never due.
    route_snapshot(std::string path, log_sink log, size_t small = SMALL);

    // To be called before the first save(). Reads the file with its journal, and FILE~ if
    // the file is damaged. Returns null if there is no file, or none that can be read. The log
    // says what is damaged; a damaged journal counts up to its last good change. Removes what
    // a save has left that was killed. The table's version is the file's.
    std::shared_ptr<const route_table> load();

    // To be called when the table has changed, and the file has to be written.
    void changed(time_point now);
    // When save() has to be called; nothing while there is nothing to save.
    std::optional<time_point> save_due() const { return _due; }
    // Only while it is due. Has TABLE written, and VERSION as what its rows are from.
    void save(std::shared_ptr<const route_table> table, uint64_t version, time_point now);

    // How long the file has lacked a change, in seconds; 0 while it lacks none.
    double seconds_behind() const { return _saving->seconds_behind(); }
    // The path that the constructor was given.
    const std::string &path() const { return _path; }

private:
    class files;

    std::string _path;
    log_sink _log;
    std::optional<time_point> _due;
    time_point _next_save{};
    std::shared_ptr<files> _files;  // the saving thread's, after load()
    std::unique_ptr<saving_thread> _saving;
};

}  // namespace lars
