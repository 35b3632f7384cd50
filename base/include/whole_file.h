// Reading and replacing files as a whole. Errors name the file. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "status.h"

namespace lars {

// Reads the file into *TEXT. An error if it is not a regular file, or is larger than
// 1 GiB; *TEXT is then unchanged.
status read_file(const std::string &path, std::string *text);

// What becomes of the file that is replaced.
enum class old_file {
    removed,
    kept,  // it is PATH~ from then on, and what PATH~ was is gone
};

// Writes a new file beside PATH, PATH.XXXXXX, forces it to the disk and puts it in PATH's
// place in one step, so that PATH is always either the old file or the new one. After an
// error it is the old one; only where the last steps failed, which name the old file and
// force the folder to the disk, is it the new one already. Others than the owner's group
// cannot read it. A symbolic link is replaced itself; an error if PATH is anything else that
// is not a regular file.
status replace_file(const std::string &path, std::string_view text,
                    old_file before = old_file::removed);

// Removes the files beside PATH that a replace_file() has left which was killed. To be
// called while nobody writes PATH.
void remove_leftovers(const std::string &path);

}  // namespace lars
