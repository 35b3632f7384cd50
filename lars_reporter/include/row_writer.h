// One storing thread. It takes rows from its queue and writes them to the database in
// batches, over one connection. While the database is away it keeps its batch and tries
// again, and the queue holds the rest. One thread, the owner's, unless stated.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "backoff.h"
#include "db_client.h"
#include "log.h"
#include "row_queue.h"
#include "status.h"
#include "summary_row.h"

namespace lars {

class row_writer {
public:
    // How many rows came to which end. Any thread.
    struct counters {
        std::atomic<uint64_t> stored{0};
        std::atomic<uint64_t> refused{0};  // dropped: the database does not take them
        std::atomic<uint64_t> lost{0};     // not written when the thread ended
    };

    // BUDGET and COUNTS are shared by all writers and outlive them.
    row_writer(const db_options &options, row_budget *budget, counters *counts, log_sink log);
    // As close() and join().
    ~row_writer();

    // Once. Starts the thread; an error if there can be none.
    status start();

    // Any thread. As row_queue::push().
    void push(const summary_row &row) { _queue.push(row); }

    // Any thread. Makes the thread write what waits, and end. If the database is away,
    // it is tried for about three seconds more.
    void close() { _queue.close(); }
    // Waits until the thread has ended, after close().
    void join();

private:
    using clock = std::chrono::steady_clock;

    void run();
    bool write_batch();
    status write(const std::vector<summary_row> &rows);
    void write_singly();
    bool wait_for_database(const status &why);
    void database_works();
    void note_trouble(const status &why);

    db_client _db;
    counters *_counts;
    log_sink _log;
    row_queue _queue;
    backoff _backoff;
    std::vector<summary_row> _batch;
    trouble_log _trouble;  // with the database
    trouble_log _refusal;  // of a single row
    clock::time_point _give_up = clock::time_point::max();
    std::thread _thread;
};

}  // namespace lars
