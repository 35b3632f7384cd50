// How a fuzz target says that what it saw is wrong. Any thread.
#pragma once

#include <stdexcept>
#include <string>

namespace lars::fuzz {

// Throws where TRUTH is false. libFuzzer takes that for a crash, and keeps the input;
// unit_fuzz for a test that failed, and names it.
inline void expect(bool truth, const char *what)
{
    if (!truth)
        throw std::logic_error(what);
}
inline void expect(bool truth, const std::string &what)
{
    expect(truth, what.c_str());
}

}  // namespace lars::fuzz
