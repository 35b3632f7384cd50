// One row of the table ServerCallStatus. A value like any other, and any thread may use
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "calls.h"
#include "endpoint.h"
#include "route.h"

namespace lars {

struct summary_row {
    module_id module;
    endpoint address;
    uint32_t caller = 0;  // host-order address of the agent's machine
    int32_t succ = 0;
    int32_t err = 0;
    uint32_t ts = 0;  // seconds since 1970
    bool overloaded = false;

    // The table's primary key: of two rows with the same one, the later replaces the
    // earlier.
    auto key() const { return std::tie(module, address, caller); }
};

// For unordered containers: by the key alone.
struct summary_row_hash {
    size_t operator()(const summary_row &row) const;
};
struct summary_row_same_key {
    bool operator()(const summary_row &a, const summary_row &b) const { return a.key() == b.key(); }
};

// Makes the row for CALLS, those of one host of SUMMARY. A count that the column cannot
// hold becomes the most that it can.
summary_row make_summary_row(const call_summary &summary, const host_calls &calls);

}  // namespace lars
