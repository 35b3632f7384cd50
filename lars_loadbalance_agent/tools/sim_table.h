// What a scenario came to, as text for people. Any thread.
#pragma once

#include <string>

#include "comparison.h"

namespace lars {

// Whole lines: the figures side by side, the share of each host, and when which host was
// set aside and came back. Long lists are cut, and say so.
std::string table_of(const comparison &shown);

}  // namespace lars
