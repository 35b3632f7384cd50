// What was logged. Any thread.
#pragma once

#include <mutex>
#include <string>

#include "log.h"

namespace lars::test {

class logged_lines {
public:
    log_sink sink()
    {
        return log_sink([this](log_level, const std::string &line) {
            const std::lock_guard<std::mutex> lock(_mutex);
            _text += line + "\n";
        });
    }
    std::string text() const
    {
        const std::lock_guard<std::mutex> lock(_mutex);
        return _text;
    }
    bool has(const std::string &part) const { return text().find(part) != std::string::npos; }

private:
    mutable std::mutex _mutex;
    std::string _text;
};

}  // namespace lars::test
