#include "row_queue.h"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace lars {

// As the database sees it (row_writer.cpp): a report that is sent again may come late.
static bool is_older(const summary_row &row, const summary_row &waiting)
{
    constexpr int64_t CLOCKS_DIFFER = 60;
    return row.ts < waiting.ts && waiting.ts <= std::time(nullptr) + CLOCKS_DIFFER;
}

// What is stored is told up to a report: where one waits already, a later one of the same
// connection need not.
static void add_receipt(const std::shared_ptr<report_receipt> &receipt, waiting_row *row)
{
    if (!receipt)
        return;
    auto &all = row->receipts;
    const auto ended = [](const auto &old) { return old->reports().ended(); };
    all.erase(std::remove_if(all.begin(), all.end(), ended), all.end());
    const auto same = [&receipt](const auto &old) {
        return &old->reports() == &receipt->reports();
    };
    if (std::none_of(all.begin(), all.end(), same))
        all.push_back(receipt);
}

void row_queue::push(const summary_row &row, const std::shared_ptr<report_receipt> &receipt)
{
    std::lock_guard<std::mutex> lock(_mutex);
    const auto place = _places.find(row);
    if (place != _places.end()) {
        if (!is_older(row, *place->second))
            static_cast<summary_row &>(*place->second) = row;
        add_receipt(receipt, &*place->second);
        return;
    }
    if (_budget->waiting.load() >= _budget->limit.load()) {
        _budget->dropped.fetch_add(1);
        if (_rows.empty())
            return;
        drop_oldest();
    }
    add_receipt(receipt, append(row));
}

void row_queue::put_back(waiting_row &&row)
{
    std::lock_guard<std::mutex> lock(_mutex);
    const auto place = _places.find(row);
    waiting_row *waiting = nullptr;
    if (place != _places.end()) {
        waiting = &*place->second;
        if (is_older(*waiting, row))
            static_cast<summary_row &>(*waiting) = row;
    } else if (_budget->waiting.load() < _budget->limit.load()) {
        waiting = append(row);
    } else {
        _budget->dropped.fetch_add(1);
        return;
    }
    for (const auto &receipt : row.receipts)
        add_receipt(receipt, waiting);
}

// With the lock.
waiting_row *row_queue::append(const summary_row &row)
{
    _rows.emplace_back(row);
    _places.emplace(row, std::prev(_rows.end()));
    _budget->waiting.fetch_add(1);
    if (_rows.size() == 1)
        _changed.notify_all();
    return &_rows.back();
}

void row_queue::drop_oldest()
{
    _places.erase(_rows.front());
    _rows.pop_front();
    _budget->waiting.fetch_sub(1);
}

bool row_queue::take(size_t most, std::vector<waiting_row> *out, std::chrono::milliseconds within)
{
    std::unique_lock<std::mutex> lock(_mutex);
    _changed.wait_for(lock, within, [this] { return _closed || !_rows.empty(); });
    while (!_rows.empty() && out->size() < most) {
        _places.erase(_rows.front());
        out->push_back(std::move(_rows.front()));
        _rows.pop_front();
        _budget->waiting.fetch_sub(1);
    }
    return !out->empty();
}

void row_queue::close()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _closed = true;
    _changed.notify_all();
}

bool row_queue::closed() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _closed;
}

bool row_queue::wait_closed(std::chrono::milliseconds within)
{
    std::unique_lock<std::mutex> lock(_mutex);
    return _changed.wait_for(lock, within, [this] { return _closed; });
}

size_t row_queue::size() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _rows.size();
}

}  // namespace lars
