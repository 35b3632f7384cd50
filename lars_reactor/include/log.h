// Log lines. There is no global logger: whoever has something to say is handed a
// log_sink and writes to that.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lars {

// How grave a line is. off is not for lines: it is the lowest level of a sink that
// drops every line.
enum class log_level { debug, info, warn, error, off };

// Where lines go. Any thread may write to it, and to a copy of it; a copy goes to the
// same place.
//
//     log(log_level::warn, "lost ", peer, " after ", seconds, " s");
//
// A part is a text, a number, or anything that has to_string(). The line is put
// together only if its level is wanted.
class log_sink {
public:
    using line_writer = std::function<void(log_level level, const std::string &line)>;

    // WRITE is called with each line whose level is LOWEST or higher, in the thread
    // that wrote it; so it may run in several threads at once.
    template <typename writer, typename = std::enable_if_t<
                                   std::is_invocable_v<writer &, log_level, const std::string &> &&
                                   !std::is_same_v<std::decay_t<writer>, log_sink>>>
    log_sink(writer write, log_level lowest = log_level::debug)
        : _write(std::move(write)), _lowest(lowest)
    {
    }

    // False if a line of that level would be dropped.
    bool wants(log_level level) const { return level >= _lowest; }

    template <typename... parts>
    void operator()(log_level level, const parts &...each) const
    {
        if (!wants(level))
            return;
        std::string line;
        (append(line, each), ...);
        _write(level, line);
    }

private:
    template <typename part>
    static void append(std::string &line, const part &value)
    {
        if constexpr (std::is_convertible_v<const part &, std::string_view>)
            line += std::string_view(value);
        else if constexpr (std::is_arithmetic_v<part>)
            line += std::to_string(value);
        else
            line += value.to_string();
    }

    line_writer _write;
    log_level _lowest;
};

// The line "2026-01-31 12:00:00.123 INFO lars_dns: message", with the time now and a
// newline. A control character in MESSAGE, which may be somebody else's words, becomes
// "?", so that a line stays one. Any thread.
std::string format_log_line(const std::string &component, log_level level,
                            const std::string &message);

// A sink that writes such lines to stderr, each with one system call, in the thread that
// logs: it waits where stderr is a pipe that nobody reads. Lines below LOWEST are
// dropped.
log_sink stderr_log(const std::string &component, log_level lowest = log_level::info);

// A sink that drops every line.
log_sink no_log();

// Limits how often a line is written: for lines that a peer can cause at will. A few
// of them pass in each second, the others are counted. One thread.
class log_limiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit log_limiter(uint32_t lines_per_second = 1) : _lines_per_second(lines_per_second) {}

    // Writes the line if one may be written now, and adds how many were left out since
    // the last one. Returns false, and writes nothing, if the limit is reached. NOW:
    // the time, which never goes back.
    template <typename... parts>
    bool write(const log_sink &log, time_point now, log_level level, const parts &...each)
    {
        if (!allow(now))
            return false;
        if (const uint64_t before = std::exchange(_suppressed, 0))
            log(level, each..., " (", before, " more before)");
        else
            log(level, each...);
        return true;
    }

private:
    bool allow(time_point now);

    uint32_t _lines_per_second;
    time_point _second{};      // when the current second began
    uint32_t _lines = 0;       // in the current second
    uint64_t _suppressed = 0;  // since the last line
};

// Says once that something goes wrong, however often it is tried again, and lets its
// owner say once that it is over. One thread.
class trouble_log {
public:
    // Writes the line, unless the trouble that was said last has the same KEY and is
    // not over.
    template <typename... parts>
    void say(const log_sink &log, log_level level, std::string_view key, const parts &...each)
    {
        if (_said && _key == key)
            return;
        _said = true;
        _key = key;
        log(level, each...);
    }

    // The trouble is over: the next one will be said, whatever its key is. Returns true
    // if there was trouble that had been said, and so its end is worth a line too.
    bool over() { return std::exchange(_said, false); }

    // True while there is trouble that has been said.
    bool said() const { return _said; }

private:
    bool _said = false;
    std::string _key;
};

}  // namespace lars
