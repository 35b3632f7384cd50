// The page that says what everything costs: its tables are written by the bench programs, the
// rest by hand.
#pragma once

#include <string>

namespace lars::bench {

// The page with TEXT between the lines "<!-- MARK: begin -->" and "<!-- MARK: end -->" instead
// of what is there; empty if these are not there.
std::string with_block(const std::string &page, const std::string &mark, const std::string &text);

// A sentence that says which machine this is, the day, and the commit of the sources. Runs
// git, and looks in /proc.
std::string describe_run();

}  // namespace lars::bench
