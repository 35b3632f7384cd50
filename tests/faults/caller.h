// Calls at a known rate, as a business process does: asks the agent for a host, has the answer
// checked, and reports. Beside it, it reports hosts of the tally module, each just once, so
// that what is stored can be counted. In a thread of its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "checker.h"

namespace lars::faults {

static constexpr int TALLY_MODID = 900;
static constexpr int TALLY_HOSTS = 1000;
static constexpr int TALLY_PORT = 9000;
static constexpr milliseconds DEADLINE{300};

struct caller_options {
    std::string ip;
    int port = 0;
    int rate = 300;                   // calls a second
    int tally_each = 10;              // calls between two reports of the tally
    milliseconds deadline = DEADLINE; // of the client
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
    // How many hosts of the tally were reported.
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
