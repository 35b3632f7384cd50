// A file of the routes last known, for a start at which nobody can be asked for them:
// the snapshot of lars_dns and the route cache of the agent. It is written soon after
// a change, but at most once a second. A failure to write it is said once, until it
// is over or is another one. One thread.
//
// This class has no timer: its owner says when something has changed, and calls save()
// when save_due() says so.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "log.h"
#include "route.h"

namespace lars {

class remembered_routes {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // NAME is what log lines call the file. With an empty PATH there is no file:
    // load() finds nothing and save() is never due.
    remembered_routes(std::string name, std::string path, log_sink log);

    // Reads the file. Returns its routes, each module once and in order. Returns
    // nothing if there is no file, or if it cannot be read or is damaged; then the log
    // says why.
    std::optional<std::vector<module_route>> load();

    // To be called when the routes have changed, and the file has to be written.
    void changed(time_point now);
    // When save() has to be called; nothing while the file holds what it should.
    std::optional<time_point> save_due() const { return _due; }
    // Only while it is due. Writes ROWS, which are all that is known, into the file,
    // and waits for the disk. If that fails, saving is due again a second later.
    void save(const std::vector<route_row> &rows, time_point now);

    // The path that the constructor was given.
    const std::string &path() const { return _path; }

private:
    std::string _name;
    std::string _path;
    log_sink _log;
    trouble_log _trouble;
    std::optional<time_point> _due;
    time_point _next_save{};
};

}  // namespace lars
