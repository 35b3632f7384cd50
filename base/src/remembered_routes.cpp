#include "remembered_routes.h"

#include <algorithm>

#include "generation.h"
#include "route_file.h"
#include "whole_file.h"

namespace lars {

static constexpr std::chrono::seconds SAVE_INTERVAL(1);

remembered_routes::remembered_routes(std::string name, std::string path, log_sink log)
    : _name(std::move(name)),
      _path(std::move(path)),
      _log(std::move(log)),
      _file_is_good(std::make_shared<std::atomic<bool>>(false)),
      _saving(std::make_unique<saving_thread>(_name, _log))
{
}

std::optional<remembered_routes::known_routes> remembered_routes::load()
{
    if (_path.empty())
        return std::nullopt;
    _saving->start();
    remove_leftovers(_path);
    route_file found;
    const std::string taken =
        read_generation(_path, _name, _log, [&found](const std::string &path) {
            return load_route_file(path, &found);
        });
    *_file_is_good = taken == _path;
    if (taken.empty())
        return std::nullopt;
    return known_routes{group_by_module(std::move(found.rows)), found.version};
}

void remembered_routes::changed(time_point now)
{
    if (!_path.empty() && !_due)
        _due = std::max(now, _next_save);
}

void remembered_routes::save(rows_maker make, uint64_t version, time_point now)
{
    _due.reset();
    _next_save = now + SAVE_INTERVAL;
    _saving->save([path = _path, good = _file_is_good, make = std::move(make), version]() {
        const old_file before = *good ? generation_of(path) : old_file::removed;
        const status saved = save_route_file(path, {make(), version}, before);
        *good = *good || saved.ok();
        return saved;
    });
}

}  // namespace lars
