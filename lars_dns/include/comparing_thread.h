// Compares all rows of the database with a table, in a thread and on a connection of its own,
// so that whoever needs to know waits for nothing meanwhile. The thread lives as long as a
// comparison. One thread, the owner's.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "db_client.h"
#include "route_table.h"
#include "row_reader.h"
#include "status.h"

namespace lars {

class comparing_thread {
public:
    using clock = std::chrono::steady_clock;

    struct result {
        status outcome;  // an error of the database: then there are no differences
        table_differences found;
        clock::time_point started;
        clock::time_point ended;
    };

    // ON_END is called in the comparing thread when there is a result.
    explicit comparing_thread(std::function<void()> on_end) : _on_end(std::move(on_end)) {}
    // As drop().
    ~comparing_thread() { drop(); }
    comparing_thread(const comparing_thread &) = delete;
    comparing_thread &operator=(const comparing_thread &) = delete;

    // Begins to compare what DATABASE holds with TABLE. What is under way is dropped first. An
    // error if there can be no thread.
    status start(const db_options &database, std::shared_ptr<const route_table> table);

    // A comparison was started, and not dropped: it is under way, or has a result.
    bool busy() const { return _thread.joinable(); }
    // Null while there is none. It stays until start() or drop().
    const result *ended() const { return _has_ended ? &_result : nullptr; }

    // Cuts short what is under way, and waits for its thread: for no row, but for a connection
    // that it makes, for the connect time-out at most. The result is gone.
    void drop();

private:
    void run(const route_table &table);

    std::function<void()> _on_end;
    std::unique_ptr<db_client> _db;  // the thread's
    result _result;                  // the thread's until it has ended
    std::atomic<bool> _has_ended{false};
    std::thread _thread;
};

}  // namespace lars
