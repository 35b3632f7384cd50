// Asks the kernel which of many file descriptors are ready. This is the only place
// that knows epoll. One thread, but for open().
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "status.h"
#include "unique_fd.h"

namespace lars {

class poller {
public:
    // Bits of a mask: what is asked for, and what is so.
    static constexpr uint32_t READ = 1;
    static constexpr uint32_t WRITE = 2;
    // Only what is so: the fd has failed or hung up. That is reported whatever was
    // asked for.
    static constexpr uint32_t FAILED = 4;
    // Only what is asked for: what is readable already is told once, and again when more
    // comes, or at the next change().
    static constexpr uint32_t EDGE = 8;

    struct ready_fd {
        uint64_t tag;  // as given to add()
        uint32_t mask;
    };

    status open();
    bool is_open() const { return _epoll.valid(); }

    status add(int fd, uint32_t mask, uint64_t tag);
    status change(int fd, uint32_t mask, uint64_t tag);
    void remove(int fd);

    enum limit { AT_ONCE = 0, FOR_EVER = -1 };
    // Waits until an fd is ready, or only looks. How many are; -1, and errno, on error.
    int wait(limit how_long);
    // The result of the last wait(); INDEX is less than what it returned.
    ready_fd ready(int index) const;

private:
    unique_fd _epoll;
    std::array<epoll_event, 256> _ready;
};

}  // namespace lars
