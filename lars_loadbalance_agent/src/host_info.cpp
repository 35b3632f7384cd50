#include "host_info.h"

#include <algorithm>

namespace lars {

// A failure that took this long counts once more in verr, up to the limit: a
// call that hangs costs the caller more than one that is refused. A run counts
// calls: one slow failure is not a run of failures.
static constexpr uint32_t MS_PER_FAILURE = 100;
static constexpr uint32_t MAX_WEIGHT = 50;

// The reporter may be away for long: the sum stops at the end rather than
// beginning anew.
static void add_call(uint32_t *sum)
{
    if (*sum != UINT32_MAX)
        ++*sum;
}

void host_info::clear_counts()
{
    vsucc = verr = rsucc = rerr = contin_succ = contin_err = 0;
}

void host_info::enter_idle(const lb_config &config, lb_time now)
{
    clear_counts();
    overloaded = false;
    vsucc = config.init_succ_cnt;
    deadline = now + config.idle_timeout;
}

void host_info::enter_overload(const lb_config &config, lb_time now)
{
    clear_counts();
    overloaded = true;
    verr = config.init_err_cnt;
    bad_windows = 0;
    probe_failed = false;
    deadline = now + config.overload_timeout;
}

void host_info::count_success()
{
    ++vsucc;
    ++rsucc;
    ++contin_succ;
    contin_err = 0;
    add_call(&sum_succ);
}

void host_info::count_failure(uint32_t timecost_ms)
{
    const uint32_t weight = std::clamp(timecost_ms / MS_PER_FAILURE, 1u, MAX_WEIGHT);
    verr += weight;
    ++rerr;
    ++contin_err;
    contin_succ = 0;
    add_call(&sum_err);
    probe_failed = overloaded;
}

bool host_info::should_overload(const lb_config &config) const
{
    return config.err_rate.exceeded_by(verr, vsucc + verr) || contin_err >= config.contin_err_limit;
}

bool host_info::should_recover(const lb_config &config) const
{
    return config.succ_rate.exceeded_by(vsucc, vsucc + verr) ||
           contin_succ >= config.contin_succ_limit;
}

bool host_info::window_is_bad(const lb_config &config) const
{
    const uint64_t calls = rsucc + rerr;
    return calls > 0 && config.window_err_rate.reached_by(rerr, calls);
}

}  // namespace lars
