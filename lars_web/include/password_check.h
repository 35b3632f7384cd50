// Checks passwords, few at a time: each takes a processor for a while, and whoever can reach
// the console can ask for it. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "status.h"

namespace lars {

class password_check {
public:
    enum class outcome { right, wrong, busy };

    // MOST at a time; others wait for their turn, but not longer than PATIENCE.
    password_check(unsigned most, std::chrono::milliseconds patience)
        : _free(most), _patience(patience)
    {
    }

    // Once, before check(). An error if crypt(3) does not work.
    status prepare();
    // Whether HASH is the password's. nullptr: there is no such user, which is wrong, and
    // takes as long.
    outcome check(const std::string &password, const std::string *hash);

private:
    std::string _nobody;  // the hash of a password that nobody knows
    std::mutex _mutex;
    std::condition_variable _freed;
    unsigned _free;  // guarded by _mutex
    std::chrono::milliseconds _patience;
};

}  // namespace lars
