#include "route_backend.h"

#include "heap.h"
#include "start_thread.h"

namespace lars {

static constexpr std::chrono::milliseconds FIRST_BACKOFF(200);
static constexpr std::chrono::milliseconds LONGEST_BACKOFF(5000);
static constexpr std::chrono::milliseconds SHORTEST_PAUSE(5);
static constexpr size_t PRUNE_LIMIT = 1000;
// The shortest wait_timeout that a server can have.
static constexpr std::chrono::milliseconds IDLE_TIME(900);

route_backend::route_backend(const dns_options &options, log_sink log, table_callback on_table)
    : _options(options),
      _log(std::move(log)),
      _on_table(std::move(on_table)),
      _backoff(FIRST_BACKOFF, LONGEST_BACKOFF),
      _comparison(options.reload_interval),
      _doubt(options.doubt),
      _doubt_log(_log),
      _snapshot(options.snapshot, _log),
      _reader(std::make_unique<route_reader>(options.database)),
      _comparing([this] { hint(); })
{
}

void route_backend::stop()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _stop = true;
    _reader->interrupt();
    _wake.notify_all();
}

route_backend::~route_backend()
{
    stop();
    if (_thread.joinable())
        _thread.join();
}

bool route_backend::stopping() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _stop;
}

status route_backend::start()
{
    return start_thread(&_thread, "the backend's thread", [this] { run(); });
}

void route_backend::set_options(const dns_options &options)
{
    std::lock_guard<std::mutex> lock(_mutex);
    _new_options = std::make_unique<dns_options>(options);
}

void route_backend::run()
{
    bool good = false;
    load_snapshot();
    do {
        take_options();
        good = look_for_changes();
        if (_table && !_complete)
            serve_snapshot_without_database();
        save_snapshot_when_due(clock::now());
        publish_figures(good);
    } while (wait_for_next_round(good ? _options.poll_interval : _backoff.next(), good));
    save_snapshot_when_due(clock::time_point::max());
}

// A hint ends the pause, but however many come, the database is asked no more often than
// SHORTEST_PAUSE says.
bool route_backend::wait_for_next_round(std::chrono::milliseconds pause, bool for_hint)
{
    std::unique_lock<std::mutex> lock(_mutex);
    _wake.wait_for(lock, pause, [this, for_hint] { return _stop || (for_hint && _hinted); });
    if (_hinted)
        _wake.wait_until(lock, _last_look + SHORTEST_PAUSE, [this] { return _stop; });
    _hinted = false;
    return !_stop;
}

void route_backend::hint()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _hinted = true;
    _wake.notify_all();
}

void route_backend::take_options()
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        if (!_new_options || _stop)
            return;
        _options = *_new_options;
        _new_options.reset();
        _reader = std::make_unique<route_reader>(_options.database, _doubt.known_version());
    }
    // The file may be another one, or none any more.
    if (_snapshot.path() != _options.snapshot) {
        _snapshot = route_snapshot(_options.snapshot, _log);
        if (_table)
            _snapshot.changed(clock::now());
    }
    _comparing.drop();
    _doubt.set_patience(_options.doubt);
    _comparison.set_interval(_options.reload_interval);
    _comparison.need();
}

void route_backend::load_snapshot()
{
    _table = _snapshot.load();
    if (!_table)
        return;
    _doubt.remember_version(_table->version());
    _log(log_level::info, "serving the snapshot ", _snapshot.path(), " with ", _table->size(),
         " modules, which the database is compared with");
    _on_table({_table, {}, false});
    std::lock_guard<std::mutex> lock(_mutex);
    if (_stop)
        return;
    _reader = std::make_unique<route_reader>(_options.database, _table->version());
}

// What is served first has to be all of it.
bool route_backend::look_for_changes()
{
    const auto now = clock::now();
    _last_look = now;
    const bool doubt_ends = _doubt.doubting() && now >= *_doubt.ends();
    const bool everything = !_table || doubt_ends || _comparison.needed();
    if (everything)
        _comparing.drop();
    const bool was_idle = _reader->connected() && now - _last_read > IDLE_TIME;
    status done = look(everything, now);
    // The server closes what was idle for its wait_timeout: that is no trouble.
    if (was_idle && done.kind() == status_kind::unavailable)
        done = look(everything, now);
    if (!done) {
        // Whatever was half read, the next connection starts from a known state.
        _reader->close();
        _comparison.need();
        database_failed(done);
        return false;
    }
    _last_read = clock::now();
    if (_database_trouble.over())
        _log(log_level::info, "the database ", _reader->database(), " is back");
    _backoff.reset();
    prune_when_due(now);
    return true;
}

// Connects first if there is no connection.
status route_backend::look(bool everything, clock::time_point now)
{
    if (!_reader->connected()) {
        if (status s = _reader->connect(); !s)
            return s;
    }
    const bool looks = everything || (!_comparing.busy() && _comparison.look_due(now));
    table_mark mark;
    bool rows_came = false;
    if (looks) {
        give_back_heap();
        if (status s = _reader->look(&mark); !s)
            return s;
    }
    if (!everything) {
        const status done =
            _comparing.ended() ? take_comparison(clock::now()) : read(false, &rows_came);
        if (!done)
            return done;
    }
    if (!looks)
        return {};
    const bool due = _comparison.look(mark, now);
    // They may have come after the mark was read, and move the next one.
    if (rows_came)
        _comparison.rows_came();
    if (everything || (due && _doubt.doubting()))
        return read(true, &rows_came);
    if (due)
        start_comparison(now);
    return {};
}

status route_backend::read(bool everything, bool *rows_came)
{
    static const route_table nothing;
    const auto started = clock::now();
    route_reader::result found;
    if (status s = _reader->read(_table ? *_table : nothing, everything, &found); !s)
        return s;
    *rows_came = found.rows_came;
    take(found);
    // What rows name that are read with everything explains nothing that is written later.
    if (found.rows_came && !everything)
        _comparison.rows_came();
    if (everything) {
        _comparison.compared(started, clock::now());
        give_back_heap();  // the rows took as much as the table, for a moment
    }
    return {};
}

void route_backend::start_comparison(clock::time_point now)
{
    if (const status s = _comparing.start(_reader->server(), _table); !s)
        comparison_failed(s, now);
}

// What has changed while it was under way is not a difference, or is another one by now.
status route_backend::take_comparison(clock::time_point now)
{
    const comparing_thread::result &compared = *_comparing.ended();
    const bool is_taken = compared.outcome && !_doubt.doubting();
    route_reader::result found;
    const status done = is_taken ? _reader->read_differences(*_table, compared.found, &found)
                                 : _reader->read(*_table, false, &found);
    if (!done)
        return done;
    take(found);
    if (found.rows_came)
        _comparison.rows_came();
    if (is_taken) {
        _comparison.compared(compared.started, compared.ended);
        _comparison_trouble.over();
    } else if (compared.outcome) {
        _comparison.need();
    } else {
        comparison_failed(compared.outcome, now);
    }
    _comparing.drop();
    give_back_heap();
    return {};
}

void route_backend::comparison_failed(const status &why, clock::time_point now)
{
    _comparison.failed(now);
    if (!stopping())
        _comparison_trouble.say(_log, log_level::warn, to_string(why.kind()),
                                "the routes cannot be compared with the database: ", why.message());
}

// That nothing may be written is no reason not to read. The connection to a single server is
// lost then, as with any that is not available: the next one may lead to another server.
void route_backend::prune_when_due(clock::time_point now)
{
    if (now < _next_prune)
        return;
    _next_prune = now + _options.reload_interval;
    uint64_t deleted = 0;
    const status pruned = _reader->prune(_options.change_retention, PRUNE_LIMIT, &deleted);
    if (pruned)
        _prune_trouble.over();
    else if (!stopping())
        _prune_trouble.say(_log, log_level::warn, to_string(pruned.kind()),
                           "old RouteChange rows stay: ", pruned.message());
}

void route_backend::take(const route_reader::result &found)
{
    log_bad_rows(found);
    if (!found.table)
        return;
    const bool doubted = _doubt.doubting();
    const auto next = _doubt.judge(_table, found, clock::now());
    _doubt_log.say(_doubt, _reader->database(), clock::now());
    if (next && found.bad_rows == 0)
        _row_trouble.over();
    if (next)
        serve(next);
    else
        _row_trouble.say(_log, log_level::warn, "empty", _doubt.reason(), ": not believed");
    // A copy that was left alone meanwhile may be behind.
    if (doubted && !_doubt.doubting())
        _snapshot.changed(clock::now());
}

void route_backend::serve_snapshot_without_database()
{
    _log(log_level::warn, "serving the snapshot ", _snapshot.path(), " with ", _table->size(),
         " modules until the database is back");
    _complete = true;
    _on_table({_table, {}, true});
}

// Hands the table over if it is the first, or differs from the one before, if only in its
// version: else agents that come from another dns would find its answers too old.
void route_backend::serve(std::shared_ptr<const route_table> next)
{
    const bool is_first = !_table;
    std::vector<module_id> changed =
        route_table::difference(_table ? *_table : route_table(), *next);
    if (_complete && changed.empty() && next->version() == _table->version())
        return;
    log_cut_routes(*next, changed);
    if (!changed.empty())
        _snapshot.changed(clock::now());
    _table = std::move(next);
    if (!_complete)
        _log(log_level::info, "loaded ", _table->size(), " modules");
    else if (!changed.empty())
        _log(log_level::info, changed.size(), " changed of ", _table->size(), " modules");
    if (is_first)
        changed.clear();
    _changed += changed.size();
    _complete = true;
    _on_table({_table, std::move(changed), true});
}

void route_backend::publish_figures(bool good)
{
    route_figures::values now;
    now.reading = good;
    now.last_read = _last_read;
    now.modules = _table ? _table->size() : 0;
    now.version = _table ? _table->version() : 0;
    now.changed = _changed;
    now.doubting = _doubt.doubting();
    now.kept = _doubt.kept();
    now.snapshot_behind = _snapshot.seconds_behind();
    _figures.set(now);
}

void route_backend::log_bad_rows(const route_reader::result &found)
{
    if (found.bad_rows > 0)
        _row_trouble.say(_log, log_level::warn, std::to_string(found.bad_rows) + found.bad_row,
                         found.bad_rows, " rows left out, such as ", found.bad_row);
}

void route_backend::log_cut_routes(const route_table &table, const std::vector<module_id> &changed)
{
    for (const module_id &module : changed) {
        const auto route = table.find(module);
        if (!route || route->answer() == route->body())
            continue;
        size_t fitted = 0;
        route->answer(&fitted);
        _log(log_level::warn, "module ", module, " has ", route->host_count(),
             " hosts, a message holds ", fitted);
    }
}

void route_backend::save_snapshot_when_due(clock::time_point now)
{
    const auto due = _snapshot.save_due();
    if (!due || *due > now || _doubt.doubting())
        return;
    _snapshot.save(_table, _doubt.known_version(), clock::now());
}

void route_backend::database_failed(const status &why)
{
    if (stopping())
        return;  // it was cut short
    // Errors of the database client name the database; bad data is found later, and its
    // error names only the column.
    const std::string where =
        why.kind() == status_kind::bad_data ? "database " + _reader->database() + ": " : "";
    // While it is away each try may fail in other words: one line for each kind is enough.
    const char *key = to_string(why.kind());
    if (_table)
        _database_trouble.say(_log, log_level::error, key, where, why.message(), "; serving ",
                              _table->size(), " modules");
    else
        _database_trouble.say(_log, log_level::error, key, where, why.message(),
                              "; nothing to serve yet");
}

}  // namespace lars
