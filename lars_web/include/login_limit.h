// Limits how often passwords can be tried, for a user and for an address. After some failures
// in a row each further one doubles the time until the next try. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lars {

class login_limit {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using seconds = std::chrono::seconds;

    struct limits {
        unsigned failures_of_user = 5;      // without a wait
        unsigned failures_of_address = 20;  // the same, for all who share it
        seconds longest_wait{300};
        seconds forgotten_after{900};  // without a try
        size_t remembered = 4096;      // users, and as many addresses
    };

    login_limit() : login_limit(limits()) {}
    explicit login_limit(const limits &bounds) : _limits(bounds), _users(bounds), _addresses(bounds)
    {
    }

    // To be called before a password is checked. Returns nothing if it may be, and counts a
    // failure in advance, so that tries at the same time are counted as well. Otherwise
    // returns the time to wait.
    std::optional<seconds> begin(const std::string &user, const std::string &address,
                                 time_point now);
    // The password was not checked after all: that was no try.
    void not_checked(const std::string &user, const std::string &address);
    // The password was right: the user's failures are forgotten, and the address has one
    // less.
    void succeeded(const std::string &user, const std::string &address);

private:
    // Failures by name, those that were tried last at the end.
    class tries {
    public:
        explicit tries(const limits &bounds) : _limits(bounds) {}
        seconds wait(const std::string &name, time_point now);
        void add(const std::string &name, unsigned free, time_point now);
        void forget(const std::string &name);
        void take_back(const std::string &name);

    private:
        struct failures {
            std::string name;
            unsigned count = 0;
            time_point last{};
            time_point blocked_until{};
        };
        void drop_old(time_point now);

        limits _limits;
        std::list<failures> _failures;
        std::map<std::string, std::list<failures>::iterator> _by_name;
    };

    limits _limits;
    std::mutex _mutex;
    // These are guarded by it.
    tries _users, _addresses;
};

}  // namespace lars
