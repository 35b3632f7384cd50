// Makes an fd readable at a time: what wakes a loop for its next timer. Waiting with a time
// limit would have the kernel arm and disarm a timer in every round; this arms one only
// when it has to ring earlier than it was going to. One thread.
#pragma once

#include <chrono>

#include "status.h"
#include "unique_fd.h"

namespace lars {

class alarm {
public:
    using clock = std::chrono::steady_clock;

    // Once, before the others. An error if the process has no fd left.
    status open();
    // Readable once it rings.
    int fd() const { return _fd.get(); }

    // It rings at DUE, rounded up to a millisecond so that timers which are near each
    // other ring once, or earlier.
    void ring_at(clock::time_point due);
    // It rings no more until the next ring_at(). After it has rung.
    void reset();

private:
    unique_fd _fd;
    clock::time_point _armed = clock::time_point::max();
};

}  // namespace lars
