#include "health_change.h"

namespace lars {

const char *reason_of(health_change change)
{
    switch (change) {
    case health_change::none: return "";
    case health_change::calls_fail: return "calls fail";
    case health_change::windows_bad: return "two bad windows in a row";
    case health_change::stands_out: return "it fails more than the others";
    case health_change::probes_succeed: return "probes succeed";
    case health_change::overload_timeout: return "overload time-out";
    case health_change::other_policy: return "the policy is another one";
    }
    return "";
}

}  // namespace lars
