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

    // interval 0: runs once. A repeated timer that is late skips what it missed. DUE and
    // INTERVAL are such that they can be added to the present.
    timer_id add(clock::time_point due, clock::duration interval, callback run);

    // An id that is not there (any more) is ignored; a timer may cancel itself.
    void cancel(timer_id id);

    // Destroys the first timer without running it; false when there is none.
    bool destroy_one();

    // Runs what was due at NOW; what those callbacks add waits for the next call. What a
    // callback throws comes out of here, and those that did not run wait as well.
    void run_due(clock::time_point now);

    // When the next timer is due; time_point::max() when there is none.
    clock::time_point next() const
    {
        return _timers.empty() ? clock::time_point::max() : _timers.begin()->first.first;
    }

private:
    struct timer {
        clock::duration interval;
        callback run;
    };
    using key = std::pair<clock::time_point, timer_id>;

    void run_one(std::map<key, timer>::iterator at, clock::time_point now);
    void settle(std::map<key, timer>::node_type node, clock::time_point now);

    std::map<key, timer> _timers;
    std::unordered_map<timer_id, clock::time_point> _due;
    timer_id _next_id = 1;
};

}  // namespace lars
