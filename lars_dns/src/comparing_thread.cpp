#include "comparing_thread.h"

#include "start_thread.h"

namespace lars {

status comparing_thread::start(const db_options &database, std::shared_ptr<const route_table> table)
{
    drop();
    _db = std::make_unique<db_client>(database);
    return start_thread(&_thread, "the thread that compares",
                        [this, table = std::move(table)] { run(*table); });
}

void comparing_thread::run(const route_table &table)
{
    _result.started = clock::now();
    _result.outcome = _db->connect();
    if (_result.outcome)
        _result.outcome =
            _db->read_transaction([&] { return compare_rows(_db.get(), table, &_result.found); });
    _db->close();
    _result.ended = clock::now();
    _has_ended = true;
    _on_end();
}

void comparing_thread::drop()
{
    if (!_thread.joinable())
        return;
    _db->interrupt();
    _thread.join();
    _db.reset();
    _result = {};
    _has_ended = false;
}

}  // namespace lars
