#include "host_health.h"

#include <algorithm>

namespace lars {

// A failure that took this long counts once more in verr, up to the limit: a call
// that hangs costs the caller more than one that is refused. A run counts calls:
// one slow failure is not a run of failures.
static constexpr uint32_t MS_PER_FAILURE = 100;
static constexpr uint32_t MAX_WEIGHT = 50;

host_health::host_health(const lb_config &config, lb_time now)
{
    enter_idle(config, now);
}

void host_health::enter_idle(const lb_config &config, lb_time now)
{
    _counts = {};
    _counts.vsucc = config.init_succ_cnt;
    _overloaded = false;
    _deadline = now + config.idle_timeout;
}

void host_health::enter_overload(const lb_config &config, lb_time now)
{
    _counts = {};
    _counts.verr = config.init_err_cnt;
    _overloaded = true;
    _last_window_was_bad = false;
    _probe_failed = false;
    _deadline = now + config.overload_timeout;
}

health_change host_health::count_success(const lb_config &config, lb_time now)
{
    counts &c = _counts;
    ++c.vsucc;
    ++c.rsucc;
    ++c.contin_succ;
    c.contin_err = 0;
    if (!_overloaded || !succeeds_enough(config))
        return health_change::none;
    enter_idle(config, now);
    return health_change::probes_succeed;
}

health_change host_health::count_failure(uint32_t timecost_ms, const lb_config &config, lb_time now)
{
    counts &c = _counts;
    c.verr += std::clamp(timecost_ms / MS_PER_FAILURE, 1u, MAX_WEIGHT);
    ++c.rerr;
    ++c.contin_err;
    c.contin_succ = 0;
    if (_overloaded) {
        _probe_failed = true;
        return health_change::none;
    }
    if (!fails_too_much(config))
        return health_change::none;
    enter_overload(config, now);
    return health_change::calls_fail;
}

health_change host_health::count_interval(const host_interval::outcome &calls,
                                          const lb_config &config, lb_time now)
{
    counts &c = _counts;
    c.vsucc += calls.successes;
    c.rsucc += calls.successes;
    c.verr += calls.failure_weight;
    c.rerr += calls.failures;
    const uint64_t succeeded = calls.run > 0 ? static_cast<uint64_t>(calls.run) : 0;
    const uint64_t failed = calls.run < 0 ? static_cast<uint64_t>(-calls.run) : 0;
    if (calls.calls() > 0) {
        c.contin_succ = (calls.failures == 0 ? c.contin_succ : 0) + succeeded;
        c.contin_err = (calls.successes == 0 ? c.contin_err : 0) + failed;
    }
    if (_overloaded) {
        _probe_failed = _probe_failed || calls.failures > 0;
        if (calls.successes == 0 || !succeeds_enough(config))
            return health_change::none;
        enter_idle(config, now);
        return health_change::probes_succeed;
    }
    if (calls.failures == 0 || !fails_too_much(config))
        return health_change::none;
    enter_overload(config, now);
    return health_change::calls_fail;
}

bool host_health::fails_too_much(const lb_config &config) const
{
    return config.err_rate.exceeded_by(_counts.verr, _counts.vsucc + _counts.verr) ||
           _counts.contin_err >= config.contin_err_limit;
}

bool host_health::succeeds_enough(const lb_config &config) const
{
    return config.succ_rate.exceeded_by(_counts.vsucc, _counts.vsucc + _counts.verr) ||
           _counts.contin_succ >= config.contin_succ_limit;
}

health_change host_health::check_deadline(const lb_config &config, lb_time now)
{
    if (now < _deadline)
        return health_change::none;
    return _overloaded ? end_overload(config, now) : end_window(config, now);
}

health_change host_health::end_window(const lb_config &config, lb_time now)
{
    const uint64_t calls = _counts.rsucc + _counts.rerr;
    const bool bad = calls > 0 && config.window_err_rate.reached_by(_counts.rerr, calls);
    if (bad && _last_window_was_bad) {
        enter_overload(config, now);
        return health_change::windows_bad;
    }
    _last_window_was_bad = bad;
    // As if it had just become idle: long good history must not hide a new failure.
    enter_idle(config, now);
    return health_change::none;
}

health_change host_health::end_overload(const lb_config &config, lb_time now)
{
    if (_probe_failed) {
        _probe_failed = false;
        _deadline = now + config.overload_timeout;
        return health_change::none;
    }
    enter_idle(config, now);
    return health_change::overload_timeout;
}

}  // namespace lars
