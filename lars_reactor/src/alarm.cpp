#include "alarm.h"

#include <sys/timerfd.h>

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace lars {

status alarm::open()
{
    _fd.reset(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    return _fd.valid() ? status() : status::from_errno("timerfd_create");
}

void alarm::ring_at(clock::time_point due)
{
    using namespace std::chrono;
    if (due == clock::time_point::max())
        return;
    const clock::time_point rounded = ceil<milliseconds>(due);
    if (rounded >= _armed)
        return;
    _armed = rounded;
    // A time of 0 would disarm it.
    const auto since_start = std::max<clock::duration>(_armed.time_since_epoch(), nanoseconds(1));
    const auto whole = duration_cast<seconds>(since_start);
    itimerspec when{};
    when.it_value.tv_sec = whole.count();
    when.it_value.tv_nsec = duration_cast<nanoseconds>(since_start - whole).count();
    const int armed = timerfd_settime(_fd.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    assert(armed == 0);
    static_cast<void>(armed);
}

void alarm::reset()
{
    uint64_t times = 0;
    // Nothing is there if it was armed anew meanwhile; then it rings again.
    if (read(_fd.get(), &times, sizeof times) == sizeof times)
        _armed = clock::time_point::max();
}

}  // namespace lars
