// Asks for a new password. One thread.
#pragma once

#include <string>

#include "status.h"

namespace lars {

// If stdin is a terminal: asks there for WHAT twice, showing nothing of it. Otherwise takes
// the next line of stdin. An error if it is no possible password, or not the same twice.
status ask_password(const std::string &what, std::string *password);

}  // namespace lars
