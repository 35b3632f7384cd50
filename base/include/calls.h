// How calls went: one call, as a program reports it to its agent, and many, as the
// agent reports them to lars_reporter. Values like any other; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "route.h"

namespace lars {

struct call_report {
    module_id module;
    endpoint host;
    bool success = true;
    uint32_t timecost_ms = 0;  // how long the call took; 0 where nobody measured it
};

// The calls of one host since they were reported last.
struct host_calls {
    endpoint host;
    uint32_t succ = 0;
    uint32_t err = 0;
    bool overloaded = false;  // whether the agent has set the host aside

    bool any() const { return succ > 0 || err > 0; }

    // The reporter may be away for long: a sum stops at its end rather than beginning
    // anew.
    void add(bool success)
    {
        uint32_t &sum = success ? succ : err;
        sum += sum != UINT32_MAX;
    }
};

struct call_summary {
    module_id module;
    uint32_t caller = 0;  // host-order address of the reporting agent's machine
    uint32_t ts = 0;      // seconds since 1970
    std::vector<host_calls> hosts;
};

}  // namespace lars
