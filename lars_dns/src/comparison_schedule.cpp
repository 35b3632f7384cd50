#include "comparison_schedule.h"

#include <algorithm>
#include <utility>

namespace lars {

static constexpr int SELDOM = 1000;
static constexpr std::chrono::hours ANYWAY_AFTER(1);
static constexpr std::chrono::seconds RETRY_AFTER(5);

void comparison_schedule::set_interval(std::chrono::seconds interval)
{
    _interval = interval;
    _next_look = {};
}

bool comparison_schedule::look(const table_mark &mark, time_point now)
{
    _next_look = now + _interval;
    const bool written = mark.text.empty() || mark.text != _mark;
    const bool rows_came = std::exchange(_rows_came, false);
    _mark = mark.text;
    if (written && !rows_came) {
        // Another writer of this second would leave the mark as it is.
        if (mark.is_fresh)
            _mark.clear();
        _due = true;
    } else {
        _suspect = _suspect || written;
    }
    _due = _due || _needed || (_suspect && now >= _next_check) || now >= _next_anyway;
    return _due;
}

void comparison_schedule::failed(time_point now)
{
    _next_look = now + std::min<std::chrono::seconds>(_interval, RETRY_AFTER);
}

void comparison_schedule::compared(time_point started, time_point ended)
{
    _needed = false;
    _due = false;
    _suspect = false;
    _next_look = ended + _interval;
    _next_check = ended + SELDOM * (ended - started);
    _next_anyway = ended + ANYWAY_AFTER;
}

}  // namespace lars
