// What is refused must name the line.
#pragma once

#include <algorithm>
#include <string>

#include "expect.h"
#include "status.h"

namespace lars::fuzz {

static constexpr const char *TEXT_NAME = "text";

// REFUSED, from a reader that calls TEXT by TEXT_NAME, begins "text:LINE: " with a line that
// TEXT has; the empty line after its last newline counts.
inline void expect_a_line(const status &refused, const std::string &text)
{
    const std::string &message = refused.message();
    const std::string begin = std::string(TEXT_NAME) + ":";
    expect(message.compare(0, begin.size(), begin) == 0, "no line is named: " + message);
    size_t digits = begin.size();
    long line = 0;
    while (digits < message.size() && message[digits] >= '0' && message[digits] <= '9' &&
           line < 1000000)
        line = line * 10 + (message[digits++] - '0');
    expect(digits > begin.size() && message.compare(digits, 2, ": ") == 0,
           "no line is named: " + message);
    const long lines = 1 + std::count(text.begin(), text.end(), '\n');
    expect(line >= 1 && line <= lines, "there is no such line: " + message);
}

}  // namespace lars::fuzz
