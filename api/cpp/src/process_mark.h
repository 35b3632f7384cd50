// Tells a process from those that it forked. What was opened before fork() is then the
// parent's too, and must not be used in both.
#pragma once

#include <atomic>
#include <cstdint>

namespace lars {

// Returns a number that stays the same in one process. In a child of fork() it is another
// than every number that the child's parents have had until then. After the first call it
// costs no system call. Any thread.
uint64_t process_mark();
// Where that number stands, for those who look at it often: 0 in a child until it has called
// process_mark(). Any thread.
const std::atomic<uint64_t> &process_mark_place();

}  // namespace lars
