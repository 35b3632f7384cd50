// What the agent knows of one host of one module.
#pragma once

#include <chrono>
#include <cstdint>

#include "endpoint.h"
#include "lb_config.h"

namespace lars {

// A moment on whatever clock the caller uses.
using lb_time = std::chrono::steady_clock::time_point;

struct host_info {
    endpoint address;
    bool overloaded = false;

    // The virtual counts decide about the state, and start with a credit; in verr
    // a slow failure weighs more. The real ones are those of the current window,
    // contin_succ and contin_err those of the current row; both count calls.
    uint64_t vsucc = 0;
    uint64_t verr = 0;
    uint64_t rsucc = 0;
    uint64_t rerr = 0;
    uint64_t contin_succ = 0;
    uint64_t contin_err = 0;

    uint32_t bad_windows = 0;   // in a row
    bool probe_failed = false;  // since the overload time-out was started
    lb_time deadline{};         // the end of the window, or of the overload time-out

    // Calls since the last report upstream. Nothing but the report resets them.
    uint32_t sum_succ = 0;
    uint32_t sum_err = 0;

    void enter_idle(const lb_config &config, lb_time now);
    void enter_overload(const lb_config &config, lb_time now);
    void count_success();
    void count_failure(uint32_t timecost_ms);

    // Do the counts ask for the other state?
    bool should_overload(const lb_config &config) const;
    bool should_recover(const lb_config &config) const;
    bool window_is_bad(const lb_config &config) const;

private:
    void clear_counts();
};

}  // namespace lars
