// Ports of 127.0.0.1 that nobody used a moment ago, neither with TCP nor UDP.
// They lie outside the range from which the kernel hands out ports by itself.
#pragma once

#include <cstdint>

namespace lars::test {

// The first of COUNT consecutive ports that no other test program is given; 0 if there are none.
uint16_t free_port(int count = 1);

}  // namespace lars::test
