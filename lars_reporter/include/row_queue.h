// Rows on their way to one storing thread, in order of arrival. A row whose key
// waits already replaces that one where it stands. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "summary_row.h"

namespace lars {

// How many rows may wait in all queues together, and how many do.
struct row_budget {
    std::atomic<size_t> limit{0};
    std::atomic<size_t> waiting{0};
    std::atomic<uint64_t> dropped{0};
};

class row_queue {
public:
    // BUDGET is shared with other queues and outlives this.
    explicit row_queue(row_budget *budget) : _budget(budget) {}

    // Beyond the budget the oldest row here is dropped, or this one where none
    // waits here.
    void push(const summary_row &row);

    // Waits for rows and moves at most MOST into *OUT, oldest first. False when
    // the queue is closed and empty, or WITHIN has passed without a row.
    bool take(size_t most, std::vector<summary_row> *out, std::chrono::milliseconds within);

    // take() waits no longer; what waits can still be taken.
    void close();
    bool closed() const;
    // Waits until the queue is closed, for at most WITHIN; true if it is.
    bool wait_closed(std::chrono::milliseconds within);
    size_t size() const;

private:
    using row_list = std::list<summary_row>;

    void drop_oldest();

    row_budget *_budget;
    mutable std::mutex _mutex;
    std::condition_variable _changed;  // filled or closed
    bool _closed = false;  // guarded by _mutex, as all below
    row_list _rows;
    std::unordered_map<summary_row, row_list::iterator, summary_row_hash, summary_row_same_key> _places;
};

}  // namespace lars
