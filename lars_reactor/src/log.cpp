#include "log.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace lars {

static const char *level_name(log_level level)
{
    switch (level) {
    case log_level::debug: return "DEBUG";
    case log_level::info: return "INFO";
    case log_level::warn: return "WARN";
    case log_level::error: return "ERROR";
    case log_level::off: break;
    }
    return "?";
}

std::string format_log_line(const std::string &component, log_level level,
                            const std::string &message)
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    tm local{};
    localtime_r(&now.tv_sec, &local);
    char date[32];
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &local);
    char millis[8];
    snprintf(millis, sizeof millis, ".%03d", static_cast<int>(now.tv_nsec / 1000000));
    std::string line =
        std::string(date) + millis + " " + level_name(level) + " " + component + ": " + message;
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 127; }, '?');
    return line + "\n";
}

log_sink stderr_log(const std::string &component, log_level lowest)
{
    const auto write_line = [component](log_level level, const std::string &message) {
        const std::string line = format_log_line(component, level, message);
        // A log that cannot be written has nowhere to say so.
        [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    };
    return {write_line, lowest};
}

log_sink no_log()
{
    return {[](log_level, const std::string &) {}, log_level::off};
}

bool log_limiter::allow(time_point now)
{
    if (now - _second >= std::chrono::seconds(1)) {
        _second = now;
        _lines = 0;
    }
    if (_lines == _lines_per_second) {
        ++_suppressed;
        return false;
    }
    ++_lines;
    return true;
}

}  // namespace lars
