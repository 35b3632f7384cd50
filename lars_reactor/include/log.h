// Log lines. A component is handed a log_sink and writes to that; there is no
// global logger. A sink may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace lars {

enum class log_level { debug, info, warn, error };

using log_sink = std::function<void(log_level level, const std::string &message)>;

// Writes "2026-01-31 12:00:00.123 INFO lars_dns: message" to stderr, one write
// for each line; lines below LOWEST are left out.
log_sink stderr_log(const std::string &component, log_level lowest = log_level::info);

// Drops every line.
log_sink no_log();

// Lets a few lines through each second and counts the rest, for messages that an
// unfriendly peer can cause at will. One thread.
class log_limiter {
public:
    explicit log_limiter(uint32_t lines_per_second = 1) : _lines_per_second(lines_per_second) {}

    // True if a line may be written now; then *suppressed is how many were not
    // since the last one.
    bool allow(std::chrono::steady_clock::time_point now, uint64_t *suppressed);

private:
    uint32_t _lines_per_second;
    std::chrono::steady_clock::time_point _second{};  // when the current second began
    uint32_t _lines = 0;                              // in the current second
    uint64_t _suppressed = 0;
};

}  // namespace lars
