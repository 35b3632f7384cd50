// The timers of one event_loop, in order of time. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>

namespace lars {

class timer_queue {
public:
    using clock = std::chrono::steady_clock;
    using callback = std::function<void()>;
    using timer_id = uint64_t;  // never 0, never reused

    // interval 0: runs once. A repeated timer that is late skips what it missed.
    timer_id add(clock::time_point due, clock::duration interval, callback run);

    // An id that is not there (any more) is ignored; a timer may cancel itself.
    void cancel(timer_id id);

    // Runs what was due at NOW; what those callbacks add waits for the next call.
    void run_due(clock::time_point now);

    // Milliseconds until the next timer, rounded up; -1 when there is none.
    int wait_ms(clock::time_point now) const;

private:
    struct timer {
        clock::duration interval;
        callback run;
    };
    using key = std::pair<clock::time_point, timer_id>;

    std::map<key, timer> _timers;
    std::unordered_map<timer_id, clock::time_point> _due;
    timer_id _next_id = 1;
};

}  // namespace lars
