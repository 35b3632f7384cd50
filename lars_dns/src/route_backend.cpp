#include "route_backend.h"

#include <unistd.h>

#include <system_error>

namespace lars {

static constexpr std::chrono::milliseconds FIRST_BACKOFF(200);
static constexpr std::chrono::milliseconds LONGEST_BACKOFF(5000);
static constexpr std::chrono::seconds SAVE_INTERVAL(1);
static constexpr size_t PRUNE_LIMIT = 1000;

route_backend::route_backend(const dns_options &options, log_sink log, table_callback on_table)
    : _options(options),
      _log(std::move(log)),
      _on_table(std::move(on_table)),
      _reader(std::make_unique<route_reader>(options.database)),
      _backoff(FIRST_BACKOFF, LONGEST_BACKOFF)
{
}

route_backend::~route_backend()
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _stop = true;
    }
    _wake.notify_all();
    if (_thread.joinable())
        _thread.join();
}

status route_backend::start()
{
    try {
        _thread = std::thread([this] { run(); });
    } catch (const std::system_error &e) {
        return status::error(std::string("cannot start the backend thread: ") + e.what());
    }
    return {};
}

void route_backend::set_options(const dns_options &options)
{
    std::lock_guard<std::mutex> lock(_mutex);
    _new_options = std::make_unique<dns_options>(options);
}

void route_backend::run()
{
    bool first = true;
    bool good = false;
    do {
        take_options();
        good = look_for_changes();
        // Only where the database did not answer: its table is newer.
        if (first && !good)
            load_snapshot();
        first = false;
        if (_snapshot_behind && clock::now() >= _next_save)
            save_snapshot();
    } while (wait_for_next_round(good ? _options.poll_interval : _backoff.next()));
    if (_snapshot_behind)
        save_snapshot();
}

bool route_backend::wait_for_next_round(std::chrono::milliseconds pause)
{
    std::unique_lock<std::mutex> lock(_mutex);
    return !_wake.wait_for(lock, pause, [this] { return _stop; });
}

void route_backend::take_options()
{
    std::lock_guard<std::mutex> lock(_mutex);
    if (!_new_options)
        return;
    _options = *_new_options;
    _new_options.reset();
    // The file may be another one, or none any more.
    _snapshot_behind = _table && !_options.snapshot.empty();
    _reader = std::make_unique<route_reader>(_options.database);
    _needs_full = true;
}

void route_backend::load_snapshot()
{
    // A file that was never written is nothing to complain about.
    if (_options.snapshot.empty() || access(_options.snapshot.c_str(), F_OK) != 0)
        return;
    std::vector<route_row> rows;
    if (status s = load_route_file(_options.snapshot, &rows); !s) {
        _log(log_level::error, "snapshot: " + s.message());
        return;
    }
    _table = std::make_shared<route_table>(rows);
    _log(log_level::warn, "serving the snapshot " + _options.snapshot + " with " +
                              std::to_string(_table->size()) + " modules until the database is back");
    _on_table(_table, {});
}

bool route_backend::look_for_changes()
{
    if (!_reader->connected()) {
        if (status s = _reader->connect(); !s) {
            database_failed(s);
            return false;
        }
    }
    const bool reload_due = _needs_full || clock::now() >= _next_reload;
    route_reader::result found;
    static const route_table nothing;
    if (status s = _reader->read(_table ? *_table : nothing, reload_due, &found); !s) {
        // Whatever was half read, the next connection starts from a known state.
        _reader->close();
        _needs_full = true;
        database_failed(s);
        return false;
    }
    if (_database_trouble != db_error::none)
        _log(log_level::info, "the database " + _options.database.describe() + " is back");
    _database_trouble = db_error::none;
    _backoff.reset();

    take(found);
    if (reload_due) {
        _needs_full = false;
        _next_reload = clock::now() + _options.reload_interval;
        prune();
    }
    return true;
}

void route_backend::prune()
{
    uint64_t deleted = 0;
    const status pruned = _reader->prune(_options.change_retention, PRUNE_LIMIT, &deleted);
    if (!pruned)
        tell_once(&_prune_trouble, log_level::warn,
                  "old RouteChange rows stay: " + pruned.message());
    else
        _prune_trouble.clear();
}

void route_backend::take(const route_reader::result &found)
{
    if (found.bad_rows > 0)
        tell_once(&_row_trouble, log_level::warn,
                  std::to_string(found.bad_rows) + " rows left out, such as " + found.bad_row);
    else if (found.emptiness_doubted)
        tell_once(&_row_trouble, log_level::warn,
                  "RouteData is empty and RouteVersion has no row 1: not believed");
    else if (found.table)
        _row_trouble.clear();
    if (!found.table)
        return;

    const bool first = _table == nullptr;
    std::vector<module_key> changed =
        route_table::difference(first ? route_table() : *_table, *found.table);
    if (!first && changed.empty())
        return;
    log_cut_routes(*found.table, changed);
    _table = found.table;
    _snapshot_behind = !_options.snapshot.empty();
    _log(log_level::info, (first ? "loaded " : std::to_string(changed.size()) + " changed of ") +
                              std::to_string(_table->size()) + " modules");
    _on_table(_table, first ? std::vector<module_key>() : std::move(changed));
}

void route_backend::log_cut_routes(const route_table &table, const std::vector<module_key> &changed)
{
    for (module_key key : changed) {
        const route *cut = table.find(key);
        if (cut && cut->hosts_in_answer < cut->hosts.size())
            _log(log_level::warn, "module (" + std::to_string(modid_of(key)) + "," +
                                      std::to_string(cmdid_of(key)) + ") has " +
                                      std::to_string(cut->hosts.size()) + " hosts, a message holds " +
                                      std::to_string(cut->hosts_in_answer));
    }
}

void route_backend::save_snapshot()
{
    _next_save = clock::now() + SAVE_INTERVAL;
    if (status s = save_route_file(_options.snapshot, _table->rows()); !s) {
        tell_once(&_snapshot_trouble, log_level::error, "snapshot: " + s.message());
        return;
    }
    _snapshot_trouble.clear();
    _snapshot_behind = false;
}

void route_backend::database_failed(const status &why)
{
    // While it is away each try may fail in other words: one line is enough.
    if (_database_trouble == _reader->last_error())
        return;
    _database_trouble = _reader->last_error();
    // Only of what it holds the error does not say which database it is.
    const std::string where = _database_trouble == db_error::value
                                  ? "database " + _options.database.describe() + ": "
                                  : "";
    const std::string serving = _table ? "; serving " + std::to_string(_table->size()) + " modules"
                                       : "; nothing to serve yet";
    _log(log_level::error, where + why.message() + serving);
}

void route_backend::tell_once(std::string *told, log_level level, const std::string &message)
{
    if (*told == message)
        return;
    *told = message;
    _log(level, message);
}

}  // namespace lars
