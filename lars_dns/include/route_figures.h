// What lars_dns says about its routes on its metrics page. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "metrics_page.h"

namespace lars {

class route_figures {
public:
    using clock = std::chrono::steady_clock;

    struct values {
        bool reading = false;  // the database was read in the last round
        clock::time_point last_read{};
        size_t modules = 0;
        uint64_t version = 0;
        uint64_t changed = 0;  // modules, since the start
        bool doubting = false;
        size_t kept = 0;
        double snapshot_behind = 0;  // in seconds
    };

    void set(const values &now);
    void add_to(metrics_page *page) const;

private:
    mutable std::mutex _mutex;
    values _values;  // guarded by _mutex
};

}  // namespace lars
