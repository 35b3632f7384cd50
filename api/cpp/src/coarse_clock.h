// The time of CLOCK_MONOTONIC in nanoseconds, as the local path counts it: by the kernel's
// last tick, some milliseconds behind, at a quarter of the cost; or exactly. Neither is a
// system call where the kernel offers its clocks to programs. Any thread.
#pragma once

#include <cstdint>
#include <ctime>

namespace lars {

constexpr uint64_t MILLISECOND = 1'000'000;
constexpr uint64_t SECOND = 1000 * MILLISECOND;
// The coarse time is less than this behind, whatever the kernel's tick.
constexpr uint64_t LONGEST_TICK = 10 * MILLISECOND;

inline uint64_t time_of(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<uint64_t>(now.tv_sec) * SECOND + static_cast<uint64_t>(now.tv_nsec);
}
inline uint64_t coarse_time()
{
    return time_of(CLOCK_MONOTONIC_COARSE);
}
inline uint64_t exact_time()
{
    return time_of(CLOCK_MONOTONIC);
}

}  // namespace lars
