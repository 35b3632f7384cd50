// One fault, from a system that runs to one that runs again, and what was seen.
#pragma once

#include "fault.h"

namespace lars::faults {

struct trial_times {
    milliseconds before{300};  // with everything in order, and afterwards again
    milliseconds lasts{700};   // the fault, at least
};

struct outcome {
    std::string not_tried;  // why; then nothing else is set
    seen callers;
    int reported = 0;
    int stored = 0;
    bool stored_during = false;
    int lost_afterwards = 0;         // of what was reported once the fault was over
    milliseconds current_after{-1};  // less than 0: never
};

// Any thread; a server is for one database fault at a time.
outcome try_fault(const fault &f, test::database_server &server, const trial_times &times);

// What was promised and not kept, in words; empty: all was.
std::vector<std::string> broken(const promise &promised, const outcome &o);

}  // namespace lars::faults
