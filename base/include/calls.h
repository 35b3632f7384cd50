// How calls went. A report is of one call, and goes from a program to its agent. A
// summary is of many calls of one module, and goes from the agent to lars_reporter.
// These are values like any other, and any thread may use them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "endpoint.h"
#include "route.h"

namespace lars {

// One call.
struct call_report {
    module_id module;
    endpoint address;
    bool success = true;
    uint32_t timecost_ms = 0;  // how long the call took; 0 if nobody measured it
};

// The calls of one host since the last summary.
struct host_calls {
    endpoint address;
    uint32_t succ = 0;
    uint32_t err = 0;
    bool overloaded = false;  // whether the agent has set the host aside

    // Whether there was any call.
    bool any() const { return succ > 0 || err > 0; }

    // Counts one call; several. The reporter may be away for long, so a sum that has
    // reached the most that it can hold stays there rather than beginning at 0 again.
    void add(bool success)
    {
        uint32_t &sum = success ? succ : err;
        sum += sum != UINT32_MAX;
    }
    void add(uint64_t successes, uint64_t failures)
    {
        succ += static_cast<uint32_t>(std::min<uint64_t>(successes, UINT32_MAX - succ));
        err += static_cast<uint32_t>(std::min<uint64_t>(failures, UINT32_MAX - err));
    }
};

// The calls of one module, as one agent has seen them.
struct call_summary {
    module_id module;
    uint32_t caller = 0;  // host-order address of the reporting agent's machine
    uint32_t ts = 0;      // when the summary was made: seconds since 1970
    std::vector<host_calls> hosts;
    uint64_t seq = 0;  // of the message that brought it; 0: its sender wants no answer
};

// What the reporter answers to summaries with a seq. They count within one connection.
struct summary_answer {
    uint64_t taken = 0;   // the seq of the last summary that it has taken
    uint64_t stored = 0;  // everything up to this one is in the database
};

}  // namespace lars
