// The table ServerCallStatus: how the calls of each caller to each host went, as last
// reported. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "db_client.h"
#include "route.h"

namespace lars {

struct call_status {
    module_id module;
    endpoint host;
    uint32_t caller = 0;    // the address of an agent
    uint64_t calls = 0;     // of the interval that was reported last
    uint64_t failures = 0;  // of those
    int64_t ts = 0;         // when it ended, Unix seconds
    bool overloaded = false;
};

// Calls EACH for every row that REST, " WHERE ...", selects. Rows that make no sense are left
// out. EACH must not use CLIENT, which is connected.
status read_call_status(db_client &client, const std::string &rest,
                        const std::function<void(const call_status &row)> &each);

// Older than this, a report says nothing about now.
constexpr int64_t FRESH_SECONDS = 60;

}  // namespace lars
