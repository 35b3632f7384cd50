// The health of one host of a module, as its calls show it: the only place where
// a host becomes overloaded or idle again. Each call that counts something or
// looks at the clock returns whether that changed the state.
//
// Takes the time as an argument, on whatever clock the caller uses. One thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "lb_config.h"

namespace lars {

using lb_time = std::chrono::steady_clock::time_point;

// What a call of host_health has changed, and why.
enum class health_change {
    none,
    calls_fail,        // overloaded: too many failures, or too many in a row
    windows_bad,       // overloaded: two windows in a row in which most calls failed
    probes_succeed,    // idle again: enough successes, or enough in a row
    overload_timeout,  // idle again: no probe failed for the time that an overload lasts
};

// "calls fail", for a log line; empty for none.
const char *reason_of(health_change change);

class host_health {
public:
    // A host begins idle.
    host_health(const lb_config &config, lb_time now);

    health_change count_success(const lb_config &config, lb_time now);
    // A failure that took long weighs more than one call.
    health_change count_failure(uint32_t timecost_ms, const lb_config &config, lb_time now);

    // Ends the window or the overload's time that is over at NOW; nothing before
    // deadline().
    health_change check_deadline(const lb_config &config, lb_time now);
    lb_time deadline() const { return _deadline; }

    bool overloaded() const { return _overloaded; }

    struct counts {
        // These decide about the state, and start with a credit; in verr a slow failure
        // weighs more.
        uint64_t vsucc = 0;
        uint64_t verr = 0;
        // The calls of the current window.
        uint64_t rsucc = 0;
        uint64_t rerr = 0;
        // The calls of the current row.
        uint64_t contin_succ = 0;
        uint64_t contin_err = 0;
    };
    // Since the host entered its state, or since its last window ended.
    const counts &counted() const { return _counts; }
    // Whether the idle host's last window was bad: another one would overload it.
    bool last_window_was_bad() const { return _last_window_was_bad; }

private:
    void enter_idle(const lb_config &config, lb_time now);
    void enter_overload(const lb_config &config, lb_time now);
    health_change end_window(const lb_config &config, lb_time now);
    health_change end_overload(const lb_config &config, lb_time now);

    counts _counts;
    bool _overloaded = false;
    bool _last_window_was_bad = false;
    bool _probe_failed = false;  // since the overload's time began
    lb_time _deadline{};         // the end of the window, or of the overload's time
};

}  // namespace lars
