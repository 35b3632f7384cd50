// How a host's state may change, in whichever policy. Any thread.
#pragma once

#include <chrono>

namespace lars {

using lb_time = std::chrono::steady_clock::time_point;

// What a call or a look at the clock has changed about a host, and why.
enum class health_change {
    none,
    // To overloaded.
    calls_fail,   // course: too many failures, or too many in a row
    windows_bad,  // course: two windows in a row in which most calls failed
    stands_out,   // adaptive: it fails clearly more than the other hosts
    // To idle.
    probes_succeed,    // enough successful probes
    overload_timeout,  // course: no probe failed for the time that an overload lasts
    other_policy,      // the policy was changed, and begins anew
};

// The reason in words for a log line, such as "calls fail"; empty for none.
const char *reason_of(health_change change);

}  // namespace lars
