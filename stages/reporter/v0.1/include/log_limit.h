// Keeps the log short where somebody else decides how often something happens. Any thread.
#pragma once

#include <atomic>
#include <ctime>

class log_limit {
public:
    log_limit() : _count(0), _last_line(0) {}

    // It has happened again. How often it has by now, if that may be said; 0 if something was
    // said in this second already.
    unsigned long again()
    {
        unsigned long count = ++_count;
        time_t now = time(NULL), last = _last_line;
        return now != last && _last_line.compare_exchange_strong(last, now) ? count : 0;
    }

private:
    std::atomic<unsigned long> _count;
    std::atomic<time_t> _last_line;
};
