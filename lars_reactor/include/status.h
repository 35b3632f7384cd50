// The outcome of something that can fail: ok, or an error with its kind, for the
// code that has to decide what comes next, and its words, for the person who reads
// them. Any thread; a value like any other.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace lars {

enum class status_kind {
    ok,
    failed,       // no more is known than the words say
    unavailable,  // who is needed cannot be reached, or does not work for now: try later
    denied,       // who is needed does not let us in
    missing,      // what is asked for is not there
    conflict,     // somebody else was faster: the same may work at once
    rejected,     // understood and refused: the same would be refused again
    bad_data,     // what was read makes no sense
};

// The kind's name, such as "unavailable".
const char *to_string(status_kind kind);

class [[nodiscard]] status {
public:
    status() = default;

    static status error(std::string message, status_kind kind = status_kind::failed)
    {
        status s;
        s._kind = kind;
        s._message = std::move(message);
        return s;
    }

    // "WHAT: No such file or directory"
    static status from_errno(const std::string &what, int err = errno)
    {
        return error(what + ": " + std::strerror(err));
    }

    bool ok() const { return _kind == status_kind::ok; }
    explicit operator bool() const { return ok(); }

    status_kind kind() const { return _kind; }

    // Empty when ok.
    const std::string &message() const { return _message; }

private:
    status_kind _kind = status_kind::ok;
    std::string _message;
};

}  // namespace lars
