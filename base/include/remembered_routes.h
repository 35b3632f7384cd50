// A file of the routes last known, for a start at which nobody can be asked for them: the
// route cache of the agent. It is written soon after
// a change, but at most once a second, by a thread of its own. A failure to write it is
// said once, until it is over or is another one. One thread, the owner's.
//
// Beside the file, FILE~ is its last good generation: the file before the newest save
// (generation.h).
//
// This class has no timer: its owner says when something has changed, and calls save()
// when save_due() says so.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log.h"
#include "route.h"
#include "saving_thread.h"

namespace lars {

class remembered_routes {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using rows_maker = std::function<std::vector<route_row>()>;

    struct known_routes {
        std::vector<module_route> routes;  // each module once and in order
        uint64_t version = 0;              // their RouteVersion; 0: not known
    };

    // NAME is what log lines call the file. With an empty PATH there is no file:
    // load() finds nothing and save() is never due.
    remembered_routes(std::string name, std::string path, log_sink log);

    // To be called before the first save(). Reads the file, and FILE~ if the file is
    // damaged. Returns nothing if there is no file, or none that can be read. The log says
    // what is damaged. Removes what a save has left that was killed.
    std::optional<known_routes> load();

    // To be called when the routes have changed, and the file has to be written.
    void changed(time_point now);
    // When save() has to be called; nothing while there is nothing to save.
    std::optional<time_point> save_due() const { return _due; }
    // Only while it is due. Has the rows that MAKE returns, which are all that is known,
    // and their VERSION written into the file. MAKE runs in the thread that writes, later.
    void save(rows_maker make, uint64_t version, time_point now);

    // The path that the constructor was given.
    const std::string &path() const { return _path; }

private:
    std::string _name;
    std::string _path;
    log_sink _log;
    std::optional<time_point> _due;
    time_point _next_save{};
    // Whether there is a file that a later one must not just replace.
    std::shared_ptr<std::atomic<bool>> _file_is_good;
    std::unique_ptr<saving_thread> _saving;
};

}  // namespace lars
