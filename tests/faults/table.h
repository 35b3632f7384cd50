// The table of docs/reliability.md.
#pragma once

#include <string>
#include <vector>

#include "trial.h"

namespace lars::faults {

// "| who | fault | promised |", without what was seen.
std::string row_begin(const fault &f);
std::string row(const fault &f, const outcome &o);

// The rows that stand between the two marks of a page, without the table's head.
std::vector<std::string> rows_of(const std::string &page);
// The page with these rows instead; empty if the marks are not there.
std::string with_rows(const std::string &page, const std::vector<std::string> &rows);

// The rows of all faults that are in either, in the code's order; those of LATER count.
std::vector<std::string> merged(const std::vector<std::string> &before,
                                const std::vector<std::string> &later);

}  // namespace lars::faults
