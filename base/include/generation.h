// Two generations of a file that is replaced now and then: FILE, and FILE~, which is what FILE
// was before. A file that has lost more than half of what FILE~ holds does not take its place
// for a day, so that what was lost by mistake can be had back. Any thread.
#pragma once

#include <functional>
#include <string>

#include "log.h"
#include "status.h"
#include "whole_file.h"

namespace lars {

// What is to become of the good file at PATH when it is replaced.
old_file generation_of(const std::string &path);

// Calls READ with PATH and, if it fails there, with PATH~. The log, which calls the file
// NAME, gets what was wrong; where neither is there, nothing is. Returns which of the two it
// could read; an empty text if none.
std::string read_generation(const std::string &path, const std::string &name, const log_sink &log,
                            const std::function<status(const std::string &)> &read);

}  // namespace lars
