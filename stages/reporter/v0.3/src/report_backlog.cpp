#include "report_backlog.h"

#include <utility>

void report_backlog::push(lars::ReportStatusRequest report)
{
    size_t bytes = report.SpaceUsedLong();
    std::lock_guard<std::mutex> lock(_mutex);
    while (!_entries.empty() && (_entries.size() >= _most_reports || _bytes + bytes > _most_bytes)) {
        _bytes -= _entries.front().bytes;
        _entries.pop_front();
        _dropped++;
    }
    _bytes += bytes;
    _entries.push_back({std::move(report), bytes});
    _filled.notify_one();
}

lars::ReportStatusRequest report_backlog::pop()
{
    std::unique_lock<std::mutex> lock(_mutex);
    _filled.wait(lock, [this] { return !_entries.empty(); });
    lars::ReportStatusRequest report = std::move(_entries.front().report);
    _bytes -= _entries.front().bytes;
    _entries.pop_front();
    return report;
}

unsigned long report_backlog::dropped()
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _dropped;
}
