#include "remembered_routes.h"

#include <unistd.h>

#include <algorithm>

#include "route_file.h"

namespace lars {

static constexpr std::chrono::seconds SAVE_INTERVAL(1);

remembered_routes::remembered_routes(std::string name, std::string path, log_sink log)
    : _name(std::move(name)), _path(std::move(path)), _log(std::move(log))
{
}

std::optional<std::vector<module_route>> remembered_routes::load()
{
    // A file that was never written is nothing to complain about.
    if (_path.empty() || access(_path.c_str(), F_OK) != 0)
        return std::nullopt;
    std::vector<route_row> rows;
    if (status s = load_route_file(_path, &rows); !s) {
        _log(log_level::error, _name, ": ", s.message());
        return std::nullopt;
    }
    return group_by_module(std::move(rows));
}

void remembered_routes::changed(time_point now)
{
    if (!_path.empty() && !_due)
        _due = std::max(now, _next_save);
}

void remembered_routes::save(const std::vector<route_row> &rows, time_point now)
{
    _due.reset();
    _next_save = now + SAVE_INTERVAL;
    const status saved = save_route_file(_path, rows);
    if (saved) {
        _trouble.over();
        return;
    }
    _trouble.say(_log, log_level::error, saved.message(), _name, ": ", saved.message());
    // A disk that is full now may have room later.
    _due = _next_save;
}

}  // namespace lars
