// A file of the routes last known, for a start at which the one who knows them
// cannot be asked. It is written soon after a change, however many there are at
// most once a second, and what goes wrong with it is said once. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "log.h"
#include "route_file.h"

namespace lars {

class remembered_routes {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // NAME is what log lines call the file. With an empty PATH nothing is remembered.
    remembered_routes(std::string name, std::string path, log_sink log);

    // The routes in the file, each module once; nothing where there is no file yet, or
    // where it is damaged, which the log says.
    std::optional<std::vector<module_route>> load();

    // The routes are no longer those of the file.
    void changed(time_point now);
    // From when on save() is wanted; nothing while the file holds what it should.
    std::optional<time_point> save_due() const { return _due; }
    // Writes the file. Where that fails it is due again a second later.
    void save(const std::vector<route_row> &rows, time_point now);

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
