// The outcome of something that can fail. It is ok, or an error, which has a kind, for
// the code that decides what comes next, and words, for the person who reads them. It
// is a value like any other, and any thread may use it.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace lars {

enum class status_kind {
    ok,
    failed,       // no more is known than the words say
    unavailable,  // the other side cannot be reached or does not work now; later it may
    denied,       // the other side does not let us in
    missing,      // what was asked for is not there
    conflict,     // somebody else was faster; the same may work if it is tried again
    rejected,     // it was understood and refused, and would be refused again
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

    // An error such as "WHAT: No such file or directory", with the words for ERR.
    static status from_errno(const std::string &what, int err = errno)
    {
        return error(what + ": " + std::strerror(err));
    }

    bool ok() const { return _kind == status_kind::ok; }
    explicit operator bool() const { return ok(); }

    status_kind kind() const { return _kind; }

    // The words of the error; empty when ok.
    const std::string &message() const { return _message; }

private:
    status_kind _kind = status_kind::ok;
    std::string _message;
};

}  // namespace lars
