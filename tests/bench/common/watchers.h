// Many connections that wait for a change, in one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "measurement.h"
#include "unique_fd.h"

namespace lars::bench {

class watchers {
public:
    // Connects so many, and sends each one's REQUEST; each has to get ANSWER. False, and why
    // on stderr, if that fails.
    bool start(uint16_t port, int count, const std::string &request, const std::string &answer);

    // Waits until each of them has got SIZE bytes, which begin with NEWS. Returns when the
    // last has; nothing (the clock's epoch), and why on stderr, if that takes ten seconds or
    // anything else comes.
    bench_clock::time_point wait_for(const std::string &news, size_t size);

private:
    struct watcher {
        unique_fd fd;
        size_t got = 0;
    };

    std::vector<watcher> _watchers;
    unique_fd _epoll;
};

}  // namespace lars::bench
