// An agent's answer as a text for people.
#pragma once

#include <chrono>
#include <string>

#include "lars.pb.h"

namespace lars {

using wall_time = std::chrono::system_clock::time_point;

// Any thread. Returns the whole answer in lines. AGENT is where it came from, and NOW when,
// from which the times of day in the text are counted back.
std::string account_of(const ExplainResponse &answer, const std::string &agent, wall_time now);

// Any thread. WHEN as "09:12:33", or with its date if it is not of the same day as NOW.
std::string time_text(wall_time when, wall_time now);

}  // namespace lars
