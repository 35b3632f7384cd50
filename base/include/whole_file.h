// Reading and replacing files as a whole. Errors name the file. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "status.h"
#include "unique_fd.h"

namespace lars {

// Reads the file into *TEXT. An error if it is not a regular file, or is larger than
// 1 GiB; *TEXT is then unchanged.
status read_file(const std::string &path, std::string *text);

// Writes all of TEXT to FD, however many calls that takes. False after an error; errno has it.
bool write_all(int fd, std::string_view text);

// What becomes of the file that is replaced.
enum class old_file {
    removed,
    kept,  // it is PATH~ from then on, and what PATH~ was is gone
};

// A file that takes another one's place in one step once it is written. One thread.
class file_replacement {
public:
    explicit file_replacement(std::string path) : _path(std::move(path)) {}
    // What was not put in place is removed.
    ~file_replacement();
    file_replacement(const file_replacement &) = delete;
    file_replacement &operator=(const file_replacement &) = delete;

    // Makes the new file beside PATH, PATH.XXXXXX. Others than the owner's group cannot
    // read it. A symbolic link is replaced itself; an error if PATH is anything else that is
    // not a regular file.
    status begin();
    // Writes TEXT at the end. After an error there is no use in going on.
    status append(std::string_view text);
    // Writes TEXT over the beginning.
    status overwrite(std::string_view text);
    // Forces the file to the disk, and puts it in PATH's place. PATH is always either the
    // old file or the new one. After an error it is the old one; only where the last steps
    // failed, which name the old file and force the folder to the disk, is it the new one
    // already.
    status commit(old_file before = old_file::removed);

private:
    std::string _path;
    std::string _temporary;  // empty: there is none
    unique_fd _file;
};

// Does all of that: PATH holds TEXT afterwards.
status replace_file(const std::string &path, std::string_view text,
                    old_file before = old_file::removed);

// Removes the files beside PATH that a replace_file() has left which was killed. To be
// called while nobody writes PATH.
void remove_leftovers(const std::string &path);

}  // namespace lars
