#include "route_snapshot.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "generation.h"
#include "route_file.h"
#include "route_journal.h"
#include "table_of_rows.h"

namespace lars {

static constexpr std::chrono::seconds SAVE_INTERVAL(1);
static constexpr const char *NAME = "snapshot";

using table_ptr = std::shared_ptr<const route_table>;

// The file and its journal. One thread at a time.
class route_snapshot::files {
public:
    files(std::string path, size_t small)
        : _path(std::move(path)), _small(small), _journal(_path + "-journal")
    {
    }

    table_ptr load(const log_sink &log);
    status write(const table_ptr &table, uint64_t version);

private:
    table_ptr with_journal(table_ptr table, const log_sink &log);
    bool may_go_on() const;
    status write_anew(const table_ptr &table, uint64_t version);

    const std::string _path;
    const size_t _small;
    route_journal _journal;
    bool _file_is_good = false;  // a later one must not just replace it
    std::string _checksum;       // of the file
    struct stat _file {};
    table_ptr _saved;  // what file and journal hold; null: nobody knows
};

static status read_table(const std::string &path, route_table *table, std::string *checksum)
{
    table_of_rows rows;
    route_file_head head;
    if (status s = read_route_file(
            path, [&](const route_row &row) { rows.add(row); }, &head);
        !s)
        return s;
    *checksum = head.checksum;
    *table = rows.build(head.version);
    if (rows.in_order())
        return {};
    route_file found;
    if (status s = load_route_file(path, &found); !s)
        return s;
    *table = route_table(group_by_module(std::move(found.rows)), found.version);
    return {};
}

table_ptr route_snapshot::files::load(const log_sink &log)
{
    remove_leftovers(_path);
    route_table table;
    const std::string taken = read_generation(_path, NAME, log, [&](const std::string &path) {
        return read_table(path, &table, &_checksum);
    });
    if (taken.empty())
        return nullptr;
    auto loaded = std::make_shared<const route_table>(std::move(table));
    _file_is_good = taken == _path && stat(_path.c_str(), &_file) == 0;
    if (_file_is_good)
        _saved = loaded = with_journal(loaded, log);
    return loaded;
}

table_ptr route_snapshot::files::with_journal(table_ptr table, const log_sink &log)
{
    std::map<module_id, module_route> changes;
    uint64_t version = table->version();
    const auto take = [&](uint64_t its_version, const std::vector<module_route> &changed) {
        version = its_version;
        for (const module_route &route : changed)
            changes[route.module] = route;
    };
    if (const status s = _journal.read(_checksum, take); !s)
        log(log_level::error, NAME, ": ", s.message());
    std::vector<module_route> changed;
    for (auto &[module, route] : changes)
        changed.push_back(std::move(route));
    return std::make_shared<const route_table>(
        table->with(std::move(changed)).with_version(version));
}

// Whether what has changed may go to the journal of the file.
bool route_snapshot::files::may_go_on() const
{
    struct stat now {};
    const bool is_there = stat(_path.c_str(), &now) == 0 && now.st_ino == _file.st_ino &&
                          now.st_size == _file.st_size;
    return _saved && is_there && _journal.is_whole() && static_cast<size_t>(now.st_size) > _small &&
           _journal.size() <= static_cast<size_t>(now.st_size) / 2;
}

status route_snapshot::files::write(const table_ptr &table, uint64_t version)
{
    if (!may_go_on())
        return write_anew(table, version);
    const std::vector<module_id> modules = route_table::difference(*_saved, *table);
    if (modules.size() > table->size() / 4)
        return write_anew(table, version);
    std::vector<module_route> changed;
    for (const module_id &module : modules) {
        const auto route = table->find(module);
        changed.push_back({module, route ? route->hosts() : std::vector<route_host>()});
    }
    const status added = _journal.append(_checksum, version, changed);
    if (added)
        _saved = table;
    return added;
}

status route_snapshot::files::write_anew(const table_ptr &table, uint64_t version)
{
    uint64_t rows = 0;
    table->for_each(
        [&rows](const module_id &, const encoded_route &route) { rows += route.host_count(); });
    route_file_writer file(_path);
    status done = file.begin(rows, version);
    table->for_each([&](const module_id &module, const encoded_route &route) {
        for (const route_host &host : done ? route.hosts() : std::vector<route_host>())
            done = done ? file.add({module, host}) : done;
    });
    if (done)
        done = file.commit(_file_is_good ? generation_of(_path) : old_file::removed, &_checksum);
    _saved = nullptr;
    if (!done)
        return done;
    _journal.remove();
    _file_is_good = true;
    if (stat(_path.c_str(), &_file) == 0)
        _saved = table;
    return {};
}

route_snapshot::route_snapshot(std::string path, log_sink log, size_t small)
    : _path(std::move(path)),
      _log(std::move(log)),
      _files(std::make_shared<files>(_path, small)),
      _saving(std::make_unique<saving_thread>(NAME, _log))
{
}

table_ptr route_snapshot::load()
{
    if (_path.empty())
        return nullptr;
    _saving->start();
    return _files->load(_log);
}

void route_snapshot::changed(time_point now)
{
    if (!_path.empty() && !_due)
        _due = std::max(now, _next_save);
}

void route_snapshot::save(table_ptr table, uint64_t version, time_point now)
{
    _due.reset();
    _next_save = now + SAVE_INTERVAL;
    _saving->save([files = _files, table = std::move(table), version] {
        return files->write(table, version);
    });
}

}  // namespace lars
