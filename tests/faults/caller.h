// Calls at a known rate, as a business process does: asks the agent for a host, has the answer
// checked, and reports. Beside it, it reports one call for each tally module, so that what is
// stored can be counted: a later report of a module would overwrite the row. In a thread of
// its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "checker.h"

namespace lars::faults {

// Modules 1000 to 1599, with one host each.
static constexpr int TALLY_FIRST = 1000;
static constexpr int TALLIES = 600;
static constexpr const char *TALLY_IP = "10.9.9.9";
static constexpr int TALLY_PORT = 9000;
static constexpr milliseconds DEADLINE{300};

struct caller_options {
    std::string ip;
    int port = 0;
    int rate = 300;                    // calls a second
    int tally_each = 20;               // calls between two reports for the tally
    milliseconds deadline = DEADLINE;  // of the client
};

class caller {
public:
    caller(checker &judge, const caller_options &options);
    // Ends it: within a deadline.
    ~caller();

    // Any thread. Answers are counted from here on; before, modules may still be unknown.
    void begin_checking() { _checking = true; }
    // Asks and reports nothing more once this returns.
    void end();
    // How many tally modules were reported, from the first on.
    int reported() const { return _reported; }

private:
    void run();

    checker &_judge;
    const caller_options _options;
    std::atomic<bool> _checking{false};
    std::atomic<bool> _ending{false};
    std::atomic<int> _reported{0};
    std::thread _thread;
};

}  // namespace lars::faults
