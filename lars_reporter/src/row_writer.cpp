#include "row_writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "start_thread.h"

namespace lars {

using std::chrono::milliseconds;
using std::chrono::seconds;

static constexpr size_t ROWS_PER_STATEMENT = 500;
// So many of the rows that failed alone stay in the batch; the others wait in the queue.
static constexpr size_t MAX_SUSPECTS = 100;
static constexpr milliseconds TAKE_WITHIN(1000);
static constexpr milliseconds FIRST_BACKOFF(200);
static constexpr milliseconds LONGEST_BACKOFF(5000);
// How long rows that wait are still tried once the reporter ends. An attempt to connect
// cannot be cut short, so then it has less time.
static constexpr milliseconds CLOSING_TIME(3000);
static constexpr milliseconds CLOSING_PAUSE(100);
static constexpr seconds CLOSING_CONNECT_TIME(1);

static db_options for_writing(db_options options)
{
    options.writes = true;
    return options;
}

row_writer::row_writer(const db_options &options, row_budget *budget, counters *counts,
                       log_sink log)
    : _db(for_writing(options)),
      _counts(counts),
      _log(std::move(log)),
      _queue(budget),
      _backoff(FIRST_BACKOFF, LONGEST_BACKOFF),
      _piece(ROWS_PER_STATEMENT)
{
}

row_writer::~row_writer()
{
    close();
    join();
}

status row_writer::start()
{
    return start_thread(&_thread, "a storing thread", [this] {
        run();
        std::lock_guard<std::mutex> lock(_mutex);
        _ended = true;
        _ended_changed.notify_all();
    });
}

void row_writer::note_progress()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _progress = clock::now();
}

void row_writer::close()
{
    if (!_queue.closed())
        note_progress();
    _queue.close();
}

void row_writer::join()
{
    if (!_thread.joinable())
        return;
    {
        std::unique_lock<std::mutex> lock(_mutex);
        while (!_ended && clock::now() < _progress + CLOSING_TIME)
            _ended_changed.wait_until(lock, _progress + CLOSING_TIME);
        if (!_ended)
            _db.interrupt();
    }
    _thread.join();
}

void row_writer::run()
{
    while (true) {
        if (_batch.size() == _suspects)
            take_rows();
        if (_batch.empty() && _queue.closed() && _queue.size() == 0)
            return;
        if (!write_batch())
            break;
    }
    const size_t lost = _batch.size() + _queue.size();
    _counts->lost.fetch_add(lost);
}

// What comes goes before the rows that failed alone, which so hold up nothing.
void row_writer::take_rows()
{
    for (; _suspects > MAX_SUSPECTS; --_suspects) {
        _queue.put_back(std::move(_batch.back()));
        _batch.pop_back();
    }
    const auto before = static_cast<std::ptrdiff_t>(_batch.size());
    if (_batch.size() < ROWS_PER_STATEMENT)
        _queue.take(ROWS_PER_STATEMENT, &_batch, before == 0 ? TAKE_WITHIN : milliseconds(0));
    std::rotate(_batch.begin(), _batch.begin() + before, _batch.end());
}

// Also called without rows, which tells early that the database is away. False
// when it is time to give up.
bool row_writer::write_batch()
{
    if (status why; !_db.connected() && !connect(&why))
        return wait_for_database(why);
    if (_batch.empty()) {
        _fresh = false;
        return true;
    }
    const size_t rows = next_piece();
    const status written = write(rows);
    if (!written)
        return on_refusal(written);
    drop_written(rows);
    return true;
}

// How many rows the next statement has: rows that failed alone are not to be in the way of
// those that did not.
size_t row_writer::next_piece() const
{
    const size_t others = _batch.size() - _suspects;
    return std::min(_piece, others > 0 ? others : _suspects);
}

bool row_writer::connect(status *why)
{
    *why = _queue.closed() ? _db.connect(CLOSING_CONNECT_TIME) : _db.connect();
    // So that a row that somebody holds is told from a server that says nothing. One that
    // does not know the variable is asked all the same.
    if (*why)
        *why = _db.execute("SET SESSION innodb_lock_wait_timeout = 1");
    if (_db.connected())
        *why = status();
    _fresh = true;
    return why->ok();
}

// A row that is older than what is stored for its key changes nothing: an agent that got
// no acknowledgement sends its reports again, perhaps by way of another reporter. A time
// that the database's clock has not come to yet is somebody's mistake, and holds up
// nothing. What is assigned last is what the conditions look at.
static const char *const UNLESS_OLDER =
    " ON DUPLICATE KEY UPDATE"
    " succ_cnt=IF(ts>VALUES(ts) AND ts<=UNIX_TIMESTAMP()+60,succ_cnt,VALUES(succ_cnt)),"
    "err_cnt=IF(ts>VALUES(ts) AND ts<=UNIX_TIMESTAMP()+60,err_cnt,VALUES(err_cnt)),"
    "overload=IF(ts>VALUES(ts) AND ts<=UNIX_TIMESTAMP()+60,overload,VALUES(overload)),"
    "ts=IF(ts>VALUES(ts) AND ts<=UNIX_TIMESTAMP()+60,ts,VALUES(ts))";

// Writes the first ROWS of the batch, in the order of the table's key: two that write the
// same rows in any others would each wait for what the other one has locked.
status row_writer::write(size_t rows)
{
    std::vector<const summary_row *> in_order;
    for (size_t i = 0; i < rows; ++i)
        in_order.push_back(&_batch[i]);
    std::stable_sort(in_order.begin(), in_order.end(),
                     [](const auto *a, const auto *b) { return a->key() < b->key(); });
    std::string sql = "INSERT INTO ServerCallStatus"
                      " (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload) VALUES ";
    const char *separator = "";
    for (const summary_row *row : in_order) {
        sql += separator;
        sql += '(' + std::to_string(row->module.modid) + ',' + std::to_string(row->module.cmdid) +
               ',' + std::to_string(row->address.ip) + ',' + std::to_string(row->address.port) +
               ',' + std::to_string(row->caller) + ',' + std::to_string(row->succ) + ',' +
               std::to_string(row->err) + ',' + std::to_string(row->ts) + ",'" +
               (row->overloaded ? '1' : '0') + "')";
        separator = ",";
    }
    sql += UNLESS_OLDER;
    return _db.execute(sql);
}

void row_writer::drop_written(size_t rows)
{
    _counts->stored.fetch_add(rows);
    _batch.erase(_batch.begin(), _batch.begin() + static_cast<std::ptrdiff_t>(rows));
    _suspects = std::min(_suspects, _batch.size());
    _piece = std::min(_piece * 2, ROWS_PER_STATEMENT);
    note_progress();
    database_works();
}

// The database did not take the first piece of the batch. Whatever the reason is, a
// smaller piece may be taken: it takes less time, and less room in a packet, and leaves
// out the row that is at fault. A server that gets more than a packet may hold often only
// closes the connection.
bool row_writer::on_refusal(const status &why)
{
    const status_kind kind = why.kind();
    // A connection that was idle for long may just have been closed by the server.
    const bool idle_before = kind == status_kind::unavailable && !_fresh;
    const bool says_nothing_of_rows =
        idle_before || kind == status_kind::denied || kind == status_kind::missing;
    const size_t rows = next_piece();
    if (rows > 1 && !says_nothing_of_rows)
        _piece = rows / 2;

    switch (kind) {
    case status_kind::bad_data:
        if (rows == 1)
            refuse_first(why);
        return true;
    case status_kind::conflict:
        // Another transaction may just have been in the way.
        if (!std::exchange(_tried_at_once, true))
            return true;
        [[fallthrough]];
    case status_kind::failed:
    case status_kind::rejected:
        if (rows > 1)
            return true;
        put_first_last();
        // The others may be taken, and are not to wait for this one.
        if (_suspects < _batch.size())
            return true;
        break;
    default: break;
    }
    _db.close();
    if (idle_before && !std::exchange(_tried_at_once, true))
        return true;
    return wait_for_database(why);
}

void row_writer::refuse_first(const status &why)
{
    _counts->refused.fetch_add(1);
    _refusal.say(_log, log_level::error, why.message(), why.message(), "; dropped");
    _batch.erase(_batch.begin());
    _suspects = std::min(_suspects, _batch.size());
}

// Nobody knows whose fault it is that the first row is not taken: it is tried again after
// the others.
void row_writer::put_first_last()
{
    std::rotate(_batch.begin(), std::next(_batch.begin()), _batch.end());
    _suspects = std::min(_suspects + 1, _batch.size());
}

bool row_writer::wait_for_database(const status &why)
{
    note_trouble(why);
    if (!_queue.wait_closed(_backoff.next()))
        return true;
    if ((_batch.empty() && _queue.size() == 0) || clock::now() >= end_of_patience())
        return false;
    std::this_thread::sleep_for(CLOSING_PAUSE);
    return true;
}

// Once the queue is closed.
row_writer::clock::time_point row_writer::end_of_patience()
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _progress + CLOSING_TIME;
}

// Only once it has stored something, and nothing is left that it does not take: a database
// that takes no rows lets us in, too.
void row_writer::database_works()
{
    _tried_at_once = false;
    _fresh = false;
    if (_suspects > 0 || !_trouble.over())
        return;
    _in_trouble = false;
    _log(log_level::info, "the database ", _db.options().describe(), " is back");
    _backoff.reset();
}

// While the database is away each try may fail in other words: one line for each kind
// is enough.
void row_writer::note_trouble(const status &why)
{
    _in_trouble = true;
    _trouble.say(_log, log_level::error, to_string(why.kind()), why.message());
}

}  // namespace lars
