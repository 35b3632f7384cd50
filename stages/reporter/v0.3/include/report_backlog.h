// The reports that wait for one connection to the database. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

#include "lars.pb.h"

class report_backlog {
public:
    // No more than so many reports wait, and in no more than so many bytes of memory.
    report_backlog(size_t most_reports, size_t most_bytes) : _most_reports(most_reports), _most_bytes(most_bytes) {}

    // Puts a report at the end. Where there is no room for it the oldest ones are dropped.
    void push(lars::ReportStatusRequest report);

    // Takes the oldest report; waits until there is one.
    lars::ReportStatusRequest pop();

    // How many were dropped so far.
    unsigned long dropped();

private:
    struct entry {
        lars::ReportStatusRequest report;
        size_t bytes;
    };

    const size_t _most_reports, _most_bytes;
    std::mutex _mutex;
    std::condition_variable _filled;
    std::deque<entry> _entries;   // guarded by _mutex, like all below
    size_t _bytes = 0;
    unsigned long _dropped = 0;
};
