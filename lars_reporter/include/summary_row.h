// One row of ServerCallStatus.
#pragma once

#include <cstdint>
#include <tuple>

#include "calls.h"

namespace lars {

struct summary_row {
    module_id module;
    endpoint host;
    uint32_t caller = 0;  // host-order address
    int32_t succ = 0;
    int32_t err = 0;
    uint32_t ts = 0;
    bool overloaded = false;

    // The primary key: a later row with the same one replaces this.
    auto key() const { return std::tie(module, host, caller); }
};

struct summary_row_hash {
    size_t operator()(const summary_row &row) const;
};
struct summary_row_same_key {
    bool operator()(const summary_row &a, const summary_row &b) const { return a.key() == b.key(); }
};

// The row for one host of SUMMARY. Counts that the column cannot hold become the
// most that it can.
summary_row make_summary_row(const call_summary &summary, const host_calls &calls);

}  // namespace lars
