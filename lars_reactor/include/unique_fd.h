// Owns a file descriptor and closes it, once. It can be moved but not copied.
#pragma once

#include <unistd.h>

#include <utility>

namespace lars {

class unique_fd {
public:
    unique_fd() = default;
    explicit unique_fd(int fd) : _fd(fd) {}
    unique_fd(unique_fd &&other) noexcept : _fd(other.release()) {}
    unique_fd &operator=(unique_fd &&other) noexcept
    {
        reset(other.release());
        return *this;
    }
    ~unique_fd() { reset(); }

    int get() const { return _fd; }
    // False while there is none.
    bool valid() const { return _fd >= 0; }
    // Gives the descriptor away: it will not be closed here. -1 if there was none.
    int release() { return std::exchange(_fd, -1); }
    // Closes the descriptor, if there is one, and owns FD from now on.
    void reset(int fd = -1)
    {
        const int old = std::exchange(_fd, fd);
        if (old >= 0)
            ::close(old);
    }

private:
    int _fd = -1;
};

}  // namespace lars
