// A descriptor that is closed with its owner, unless it has become somebody else's: a process
// that was forked may have closed all that it had inherited, and then have opened something
// of its own, which got our number. One thread.
#pragma once

#include <sys/types.h>

namespace lars {

class owned_fd {
public:
    owned_fd() = default;
    // Owns FD; -1 for none.
    explicit owned_fd(int fd);
    ~owned_fd();
    owned_fd(owned_fd &&other) noexcept;
    owned_fd &operator=(owned_fd &&other) noexcept;

    void close();
    int get() const { return _fd; }
    bool is_open() const { return _fd >= 0; }

private:
    int _fd = -1;
    dev_t _device = 0;  // with _inode, what it is a descriptor of
    ino_t _inode = 0;
};

}  // namespace lars
