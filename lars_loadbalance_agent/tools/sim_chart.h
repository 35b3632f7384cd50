// What a scenario came to, as a chart. Any thread.
#pragma once

#include <string>

#include "comparison.h"

namespace lars {

// An SVG that needs nothing else: how much of the calls failed or was refused with each
// player, and below it the calls of each host under policy adaptive, over time. The same
// comparison makes the same text.
std::string chart_of(const comparison &shown);

}  // namespace lars
