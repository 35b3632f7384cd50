// Rows on their way to one storing thread, in the order in which they came. If a row
// with the same key still waits, a new one takes its place in the queue unless it is the
// older one of the two, and what waited for either to be stored waits for the one that
// stays. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "stored_reports.h"
#include "summary_row.h"

namespace lars {

// What all queues together may hold. Any thread.
struct row_budget {
    std::atomic<size_t> limit{0};      // how many rows may wait
    std::atomic<size_t> waiting{0};    // how many do
    std::atomic<uint64_t> dropped{0};  // how many were dropped because of the limit
};

// A row, and the reports that are not done before it is: the oldest of each connection
// that rows of this key came over.
struct waiting_row : summary_row {
    explicit waiting_row(const summary_row &row) : summary_row(row) {}

    std::vector<std::shared_ptr<report_receipt>> receipts;
};

class row_queue {
public:
    // BUDGET is shared with other queues and outlives this.
    explicit row_queue(row_budget *budget) : _budget(budget) {}

    // Adds a row. If the budget is used up, the oldest row in this queue is dropped and
    // counted, or ROW itself if the queue is empty. RECEIPT, of the report that brought it,
    // may be null.
    void push(const summary_row &row, const std::shared_ptr<report_receipt> &receipt = nullptr);

    // Adds a row that take() has given and that is to be tried again later. A row with the
    // same key that came meanwhile is the newer one of two from the same second. If the
    // budget is used up, ROW is dropped and counted.
    void put_back(waiting_row &&row);

    // Waits for a row, for at most WITHIN and not once the queue is closed. Then moves
    // rows to the end of *OUT, oldest first, until it holds MOST. Returns false if *OUT
    // is empty.
    bool take(size_t most, std::vector<waiting_row> *out, std::chrono::milliseconds within);

    // From now on take() does not wait. The rows that are there can still be taken.
    void close();
    bool closed() const;
    // Waits until the queue is closed, for at most WITHIN. Returns whether it is.
    bool wait_closed(std::chrono::milliseconds within);
    // How many rows wait here.
    size_t size() const;

private:
    using row_list = std::list<waiting_row>;

    void drop_oldest();
    waiting_row *append(const summary_row &row);

    row_budget *_budget;
    mutable std::mutex _mutex;
    std::condition_variable _changed;  // filled or closed
    bool _closed = false;              // guarded by _mutex, as all below
    row_list _rows;
    std::unordered_map<summary_row, row_list::iterator, summary_row_hash, summary_row_same_key>
        _places;
};

}  // namespace lars
