// The health of one host of a module by the course's rules. A host is idle, and chosen
// in turn, or overloaded, and set aside. Under this policy that changes only here: each
// call that counts something or looks at the clock returns what has changed.
//
// It looks at no clock itself. NOW is the time, which never goes back. One thread.
#pragma once

#include <cstdint>

#include "health_change.h"
#include "host_interval.h"
#include "lb_config.h"

namespace lars {

class host_health {
public:
    // A host begins idle.
    host_health(const lb_config &config, lb_time now);

    // Counts one call that went well; one that failed.
    health_change count_success(const lb_config &config, lb_time now);
    // A failure weighs one for each 100 ms that the call took, 1 at least and 50 at most.
    health_change count_failure(uint32_t timecost_ms, const lb_config &config, lb_time now);

    // Counts the calls of an interval, whose order is not known but for the run that they
    // end in: that goes on from the one before if all of them had the same outcome.
    health_change count_interval(const host_interval::outcome &calls, const lb_config &config,
                                 lb_time now);

    // To be called at deadline(), when the idle host's window or the overloaded host's
    // time is over. Does nothing before.
    health_change check_deadline(const lb_config &config, lb_time now);
    // When that is. Each call that returns a change may change it, and check_deadline().
    lb_time deadline() const { return _deadline; }

    // The state: idle if this is false.
    bool overloaded() const { return _overloaded; }

    struct counts {
        // Virtual calls, whose shares decide about the state. They begin with a credit,
        // and in verr a slow failure weighs more than one.
        uint64_t vsucc = 0;
        uint64_t verr = 0;
        // Real calls, whose share decides about a window.
        uint64_t rsucc = 0;
        uint64_t rerr = 0;
        // Calls with the same outcome in a row, up to now.
        uint64_t contin_succ = 0;
        uint64_t contin_err = 0;
    };
    // For tests. What was counted since the host entered its state or its last window
    // ended.
    const counts &counted() const { return _counts; }
    // For tests. Whether the idle host's last window was bad, so that another one would
    // overload it.
    bool last_window_was_bad() const { return _last_window_was_bad; }

private:
    void enter_idle(const lb_config &config, lb_time now);
    void enter_overload(const lb_config &config, lb_time now);
    bool fails_too_much(const lb_config &config) const;
    bool succeeds_enough(const lb_config &config) const;
    health_change end_window(const lb_config &config, lb_time now);
    health_change end_overload(const lb_config &config, lb_time now);

    counts _counts;
    bool _overloaded = false;
    bool _last_window_was_bad = false;
    bool _probe_failed = false;  // since the overload's time began
    lb_time _deadline{};         // the end of the window, or of the overload's time
};

}  // namespace lars
