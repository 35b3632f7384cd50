#include "remembered_routes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "route_file.h"
#include "whole_file.h"

namespace lars {

static constexpr std::chrono::seconds SAVE_INTERVAL(1);
static constexpr time_t GENERATION_LASTS = 86400;

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
    const std::string kept = _path + "~";
    // A file that was never written is nothing to complain about. One that is gone, and has
    // left the generation before, is.
    if (access(_path.c_str(), F_OK) != 0 && access(kept.c_str(), F_OK) != 0)
        return std::nullopt;
    route_file found;
    status loaded = load_route_file(_path, &found);
    *_file_is_good = loaded.ok();
    if (!loaded) {
        _log(log_level::error, _name, ": ", loaded.message());
        if (access(kept.c_str(), F_OK) != 0)
            return std::nullopt;
        loaded = load_route_file(kept, &found);
        _log(loaded ? log_level::warn : log_level::error, _name, ": ",
             loaded ? kept + " is taken instead" : loaded.message());
    }
    if (!loaded)
        return std::nullopt;
    return known_routes{group_by_module(std::move(found.rows)), found.version};
}

void remembered_routes::changed(time_point now)
{
    if (!_path.empty() && !_due)
        _due = std::max(now, _next_save);
}

// Whether the file at PATH may take the place of the one at PATH~, whose age counts from
// when it came there.
static bool is_a_generation(const std::string &path)
{
    struct stat file {
    }, kept{};
    if (stat(path.c_str(), &file) != 0)
        return false;
    return stat((path + "~").c_str(), &kept) != 0 || kept.st_size / 2 <= file.st_size ||
           time(nullptr) - kept.st_ctime > GENERATION_LASTS;
}

void remembered_routes::save(rows_maker make, uint64_t version, time_point now)
{
    _due.reset();
    _next_save = now + SAVE_INTERVAL;
    _saving->save([path = _path, good = _file_is_good, make = std::move(make), version]() {
        const bool keep = *good && is_a_generation(path);
        const status saved =
            save_route_file(path, {make(), version}, keep ? old_file::kept : old_file::removed);
        *good = *good || saved.ok();
        return saved;
    });
}

}  // namespace lars
