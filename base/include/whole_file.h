// Reading and replacing files as a whole. Errors name the file. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "status.h"

namespace lars {

// Regular files of up to 1 GiB. *text stays as it was on an error.
status read_file(const std::string &path, std::string *text);

// Writes a new file beside PATH, forces it to the disk and renames it over
// PATH, so that PATH is always either the old file or the new one.
status replace_file(const std::string &path, std::string_view text);

}  // namespace lars
