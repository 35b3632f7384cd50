// The words of one line of a scenario, taken one by one. The first mistake is kept; what is
// taken after it may be any value that is allowed. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario.h"

namespace lars {

class scenario_line {
public:
    // From # on a line is a comment.
    explicit scenario_line(const std::string &text);

    bool at_end() const { return _next == _words.size(); }
    // Empty: none.
    const std::string &mistake() const { return _mistake; }
    void reject(const std::string &why);

    // The next word. WHAT says in the mistake what is missing where there is none.
    std::string word(const char *what);
    // Takes the next word if it is this one.
    bool take(const char *wanted);
    // A number with UNIT behind it, within the limits.
    double number(const char *what, const char *unit, double lowest, double highest);
    uint32_t whole(const char *what, double lowest, double highest);
    // "1.5s" or "200ms", of at least so many seconds.
    scenario::time time(const char *what, double lowest);

private:
    std::vector<std::string> _words;
    size_t _next = 0;
    std::string _mistake;
};

}  // namespace lars
