// Who has logged in, kept by the browsers: a session is a cookie's value that only this
// program can sign. What the program keeps is its key, and the sessions that were ended
// before their time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "status.h"
#include "user_file.h"

namespace lars {

struct session {
    std::string user;
    std::string id;           // random
    int64_t issued = 0;       // Unix seconds
    right may = right::none;  // the user's, as the file of users has it now
};

class sessions {
public:
    explicit sessions(std::chrono::seconds life) : _life(life) {}

    // Once, before the other calls. Reads the key in the file PATH, or makes it; and the
    // sessions that were ended, in PATH.ended. The error names the file. With an empty PATH
    // everybody has to log in again after a restart.
    status open(const std::string &path);

    // The other calls: any thread. NOW: Unix seconds.
    //
    // The value of a new session's cookie, into *VALUE. OWNER is the user's entry.
    status begin(const std::string &user, const user_list::entry &owner, int64_t now,
                 std::string *value) const;
    // The session of a cookie's value. Nothing if it was not signed here, is too old or has
    // ended, or if the user is gone or has another password.
    std::optional<session> find(const std::string &value, const user_list &users,
                                int64_t now) const;
    // The session is over from now on, also after a restart. An error if the latter is not
    // sure.
    status end(const session &ended, int64_t now);
    // What a page of that session sends with each change, so that no other page can.
    std::string csrf_token(const session &of) const;
    std::chrono::seconds life() const { return _life; }

private:
    std::string sign(const std::string &content, const user_list::entry &owner) const;
    status read_ended();

    std::chrono::seconds _life;
    std::string _key;
    std::string _ended_path;
    mutable std::mutex _mutex;
    // These are guarded by it.
    std::map<std::string, int64_t> _ended;  // ids, and when they would have been too old
    int64_t _all_ended_until = 0;           // all that were issued up to then have ended
};

}  // namespace lars
