// Who runs this program, as the record of changes names people. Any thread.
#pragma once

#include <string>

namespace lars {

// "ann@host7": the login name of the process's user, or the user's number where it has none,
// and the name of the machine. As edit_author takes it: what is too long is cut.
std::string user_name();

}  // namespace lars
