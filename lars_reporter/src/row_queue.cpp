#include "row_queue.h"

#include <iterator>

namespace lars {

void row_queue::push(const summary_row &row)
{
    std::lock_guard<std::mutex> lock(_mutex);
    const auto place = _places.find(row);
    if (place != _places.end()) {
        *place->second = row;
        return;
    }
    if (_budget->waiting.load() >= _budget->limit.load()) {
        _budget->dropped.fetch_add(1);
        if (_rows.empty())
            return;
        drop_oldest();
    }
    _rows.push_back(row);
    _places.emplace(row, std::prev(_rows.end()));
    _budget->waiting.fetch_add(1);
    if (_rows.size() == 1)
        _changed.notify_all();
}

void row_queue::drop_oldest()
{
    _places.erase(_rows.front());
    _rows.pop_front();
    _budget->waiting.fetch_sub(1);
}

bool row_queue::take(size_t most, std::vector<summary_row> *out, std::chrono::milliseconds within)
{
    std::unique_lock<std::mutex> lock(_mutex);
    _changed.wait_for(lock, within, [this] { return _closed || !_rows.empty(); });
    while (!_rows.empty() && out->size() < most) {
        out->push_back(_rows.front());
        drop_oldest();
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
