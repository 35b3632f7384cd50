// The outcome of something that can fail: ok, or an error in words.
// Any thread; a value like any other.
#pragma once

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace lars {

class [[nodiscard]] status {
public:
    status() = default;

    static status error(std::string message)
    {
        status s;
        s._message = std::move(message);
        return s;
    }

    // "WHAT: No such file or directory"
    static status from_errno(const std::string &what, int err = errno)
    {
        return error(what + ": " + std::strerror(err));
    }

    bool ok() const { return !_message.has_value(); }
    explicit operator bool() const { return ok(); }

    // Empty when ok.
    std::string message() const { return _message.value_or(std::string()); }

private:
    std::optional<std::string> _message;
};

}  // namespace lars
