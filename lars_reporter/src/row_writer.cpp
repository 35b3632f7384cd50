#include "row_writer.h"

#include <algorithm>

#include "start_thread.h"

namespace lars {

using std::chrono::milliseconds;

static constexpr size_t ROWS_PER_STATEMENT = 500;
static constexpr milliseconds TAKE_WITHIN(1000);
static constexpr milliseconds FIRST_BACKOFF(200);
static constexpr milliseconds LONGEST_BACKOFF(5000);
// How long rows that wait are still tried once the reporter ends.
static constexpr milliseconds CLOSING_TIME(3000);
static constexpr milliseconds CLOSING_PAUSE(100);

row_writer::row_writer(const db_options &options, row_budget *budget, counters *counts,
                       log_sink log)
    : _db(options),
      _counts(counts),
      _log(std::move(log)),
      _queue(budget),
      _backoff(FIRST_BACKOFF, LONGEST_BACKOFF)
{
}

row_writer::~row_writer()
{
    close();
    join();
}

status row_writer::start()
{
    return start_thread(&_thread, "a storing thread", [this] { run(); });
}

void row_writer::join()
{
    if (_thread.joinable())
        _thread.join();
}

void row_writer::run()
{
    while (true) {
        if (_batch.empty() && !_queue.take(ROWS_PER_STATEMENT, &_batch, TAKE_WITHIN) &&
            _queue.closed())
            return;
        if (!write_batch())
            break;
    }
    const size_t lost = _batch.size() + _queue.size();
    _counts->lost.fetch_add(lost);
}

// Also called without rows, which tells early that the database is away. False
// when it is time to give up.
bool row_writer::write_batch()
{
    if (!_db.connected()) {
        if (status s = _db.connect(); !s)
            return wait_for_database(s);
    }
    if (_batch.empty()) {
        database_works();
        return true;
    }
    const status written = write(_batch);
    if (written) {
        _counts->stored.fetch_add(_batch.size());
        _batch.clear();
        database_works();
        return true;
    }
    if (written.kind() == status_kind::rejected) {
        write_singly();
        return true;
    }
    const bool try_at_once =
        written.kind() == status_kind::unavailable || written.kind() == status_kind::conflict;
    _db.close();
    if (try_at_once && !_trouble.said()) {
        // A connection that was idle for long may just have been closed.
        note_trouble(written);
        return true;
    }
    return wait_for_database(written);
}

status row_writer::write(const std::vector<summary_row> &rows)
{
    std::string sql = "INSERT INTO ServerCallStatus"
                      " (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload) VALUES ";
    const char *separator = "";
    for (const summary_row &row : rows) {
        sql += separator;
        sql += '(' + std::to_string(row.module.modid) + ',' + std::to_string(row.module.cmdid) +
               ',' + std::to_string(row.address.ip) + ',' + std::to_string(row.address.port) + ',' +
               std::to_string(row.caller) + ',' + std::to_string(row.succ) + ',' +
               std::to_string(row.err) + ',' + std::to_string(row.ts) + ",'" +
               (row.overloaded ? '1' : '0') + "')";
        separator = ",";
    }
    sql += " ON DUPLICATE KEY UPDATE succ_cnt = VALUES(succ_cnt), err_cnt = VALUES(err_cnt),"
           " ts = VALUES(ts), overload = VALUES(overload)";
    return _db.execute(sql);
}

// The database refuses something in the batch: what it takes is written, the
// rest dropped.
void row_writer::write_singly()
{
    while (!_batch.empty()) {
        const status written = write({_batch.back()});
        if (!written && written.kind() != status_kind::rejected)
            return;
        if (written) {
            _counts->stored.fetch_add(1);
        } else {
            _counts->refused.fetch_add(1);
            _refusal.say(_log, log_level::error, written.message(), written.message());
        }
        _batch.pop_back();
    }
}

bool row_writer::wait_for_database(const status &why)
{
    note_trouble(why);
    if (!_queue.wait_closed(_backoff.next()))
        return true;
    _give_up = std::min(_give_up, clock::now() + CLOSING_TIME);
    if (clock::now() >= _give_up || (_batch.empty() && _queue.size() == 0))
        return false;
    std::this_thread::sleep_for(CLOSING_PAUSE);
    return true;
}

// Only once it has taken something: a database without our table lets us in, too.
void row_writer::database_works()
{
    if (!_trouble.over())
        return;
    _log(log_level::info, "the database ", _db.options().describe(), " is back");
    _backoff.reset();
}

// While the database is away each try may fail in other words: one line for each kind
// is enough.
void row_writer::note_trouble(const status &why)
{
    _trouble.say(_log, log_level::error, to_string(why.kind()), why.message());
}

}  // namespace lars
