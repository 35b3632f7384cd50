// The file of those who may come in: users with passwords, who log in, and tokens, which
// scripts send with each request.
//
//     user ann change $y$j9T$...
//     token ci read 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// A name is there once. Blank lines and lines that start with # do not count.
#pragma once

#include <sys/stat.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http_message.h"
#include "log.h"
#include "status.h"

namespace lars {

// What a file of users holds. A value; any thread.
struct user_list {
    struct entry {
        right may = right::none;
        std::string hash;  // of the password, or of the token (SHA-256)
        bool token = false;
    };
    std::map<std::string, entry> entries;                // by name
    std::map<std::string, std::string> names_of_tokens;  // by hash

    // nullptr if NAME is no user's.
    const entry *user(const std::string &name) const;
    // Whose TOKEN is. Nobody's name is empty.
    visitor owner_of(const std::string &token) const;
};

// 1 to 32 letters, digits and any of "._-".
bool is_user_name(std::string_view name);
const char *to_string(right may);
// Reads "read" or "change".
std::optional<right> parse_right(std::string_view text);

// Reads what stands in the file PATH into *OUT. The error names the file and the line.
status parse_users(const std::string &text, const std::string &path, user_list *out);
// TEXT, with the line of NAME replaced by one of that entry, or without it.
std::string with_entry(const std::string &text, const std::string &name,
                       const std::optional<user_list::entry> &entry);

// The file in a running console, which follows its changes. Any thread.
class user_file {
public:
    user_file(std::string path, log_sink log) : _path(std::move(path)), _log(std::move(log)) {}

    // Reads the file. If it is not there, there is nobody; the error says what is wrong.
    status read();
    // What the file holds now. One that cannot be read or understood is said once in the log,
    // and what it held before goes on.
    std::shared_ptr<const user_list> users();

private:
    struct version {
        ino_t inode = 0;
        off_t size = -1;  // -1: there is no file
        int64_t seconds = 0, nanoseconds = 0;
        bool operator==(const version &other) const
        {
            return inode == other.inode && size == other.size && seconds == other.seconds &&
                   nanoseconds == other.nanoseconds;
        }
    };
    status look(version *found, mode_t *mode) const;
    status take();

    std::string _path;
    log_sink _log;
    std::mutex _mutex;
    // All of these are guarded by it.
    version _seen;
    std::shared_ptr<const user_list> _users = std::make_shared<user_list>();
    trouble_log _trouble;
};

}  // namespace lars
