// Reading and replacing files as a whole. Errors name the file. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "status.h"

namespace lars {

// Reads the file into *TEXT. An error if it is not a regular file, or is larger than
// 1 GiB; *TEXT is then unchanged.
status read_file(const std::string &path, std::string *text);

// Writes a new file beside PATH, PATH.XXXXXX, forces it to the disk and renames it over
// PATH, so that PATH is always either the old file or the new one. After an error it is
// the old one; only where the last step failed, which forces the folder to the disk, is
// it the new one already. Others than the owner's group cannot read it.
status replace_file(const std::string &path, std::string_view text);

// Makes PATH~ a second name of the file that PATH is now, which replace_file() then
// leaves alone. What PATH~ was before is gone. After an error it is still there.
status keep_generation(const std::string &path);

// Removes the files beside PATH that a replace_file() has left which was killed. To be
// called while nobody writes PATH.
void remove_leftovers(const std::string &path);

}  // namespace lars
