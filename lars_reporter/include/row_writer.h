// One storing thread. It takes rows from its queue and writes them to the database in
// batches, over one connection. While the database is away, or refuses for a reason that
// is not known to be a row's own, it keeps its batch and tries again, and the queue holds
// the rest. One thread, the owner's, unless stated.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backoff.h"
#include "db_client.h"
#include "log.h"
#include "row_queue.h"
#include "status.h"
#include "stored_reports.h"
#include "summary_row.h"

namespace lars {

class row_writer {
public:
    // How many rows came to which end. Any thread.
    struct counters {
        std::atomic<uint64_t> stored{0};
        std::atomic<uint64_t> refused{0};  // dropped: the database never takes them
        std::atomic<uint64_t> lost{0};     // not written when the thread ended
    };

    // BUDGET and COUNTS are shared by all writers and outlive them.
    row_writer(const db_options &options, row_budget *budget, counters *counts, log_sink log);
    // As close() and join().
    ~row_writer();

    // Once. Starts the thread; an error if there can be none.
    status start();

    // Any thread. As row_queue::push().
    void push(const summary_row &row, const std::shared_ptr<report_receipt> &receipt = nullptr)
    {
        _queue.push(row, receipt);
    }

    // Any thread. Whether the database has not taken what this thread tried to write last.
    bool in_trouble() const { return _in_trouble.load(std::memory_order_relaxed); }

    // Any thread. Makes the thread write what waits, and end. If the database is away,
    // it is tried for about three seconds more.
    void close();
    // Waits until the thread has ended, after close(). A database that has stored nothing
    // for about three seconds by then is left in the middle of what it was asked.
    void join();

private:
    using clock = std::chrono::steady_clock;

    void run();
    void take_rows();
    bool write_batch();
    bool connect(status *why);
    size_t next_piece() const;
    status write(size_t rows);
    void drop_written(size_t rows);
    bool on_refusal(const status &why);
    void refuse_first(const status &why);
    void put_first_last();
    bool wait_for_database(const status &why);
    void database_works();
    void note_trouble(const status &why);
    void note_progress();
    clock::time_point end_of_patience();

    db_client _db;
    counters *_counts;
    log_sink _log;
    row_queue _queue;
    backoff _backoff;
    std::vector<waiting_row> _batch;
    size_t _piece;                // how many rows of the batch the next statement has
    size_t _suspects = 0;         // at the batch's end: each failed as the only one
    bool _fresh = false;          // nothing was asked of this connection yet
    bool _tried_at_once = false;  // since something was stored
    trouble_log _trouble;         // with the database
    std::atomic<bool> _in_trouble{false};
    trouble_log _refusal;  // of a single row

    std::mutex _mutex;
    std::condition_variable _ended_changed;
    bool _ended = false;            // guarded by _mutex, as below
    clock::time_point _progress{};  // when something was stored last, or close() was called
    std::thread _thread;
};

}  // namespace lars
