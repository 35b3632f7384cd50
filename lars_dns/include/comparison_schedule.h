// When everything in the database is to be compared with the table that is served, because
// something may have been written there that no RouteChange row names. Whether something was
// written at all, a table_mark tells, which is looked at each interval:
//   - Written, and no RouteChange row came meanwhile: it is compared at once.
//   - Written, and rows came: most likely these were all. It is compared as well, but so
//     seldom that it takes a thousandth of the time.
//   - Nothing written: it is compared after a long time all the same, as a mark may miss one
//     of two writers of one second.
// This class looks at no clock: times never go back. One thread.
#pragma once

#include <chrono>
#include <string>

#include "table_mark.h"

namespace lars {

class comparison_schedule {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // How often the mark is looked at.
    explicit comparison_schedule(std::chrono::seconds interval) : _interval(interval) {}
    void set_interval(std::chrono::seconds interval);

    // Everything is to be compared, whatever the mark is.
    void need() { _needed = true; }
    bool needed() const { return _needed; }
    // RouteChange rows were read, and what they name.
    void rows_came() { _rows_came = true; }

    // Whether it is time to look at the mark.
    bool look_due(time_point now) const { return now >= _next_look; }
    // It was looked at. Returns whether everything is to be compared now; once it is, every
    // look says so until it was compared.
    bool look(const table_mark &mark, time_point now);
    // Everything was compared, from STARTED to ENDED.
    void compared(time_point started, time_point ended);
    // It could not be compared: the mark is looked at again soon.
    void failed(time_point now);

private:
    std::chrono::seconds _interval;
    bool _needed = true;
    bool _due = false;
    bool _rows_came = false;
    bool _suspect = false;  // written to while rows came
    std::string _mark;
    time_point _next_look{};
    time_point _next_check{};  // of what is suspect
    time_point _next_anyway{};
};

}  // namespace lars
