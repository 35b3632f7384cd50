// One row of ServerCallStatus.
#pragma once

#include <cstdint>
#include <tuple>

#include "call_report.h"

namespace lars {

struct status_row {
    module_id module;
    endpoint host;
    uint32_t caller = 0;  // host-order address
    int32_t succ = 0;
    int32_t err = 0;
    uint32_t ts = 0;
    bool overload = false;

    // The primary key: a later row with the same one replaces this.
    auto key() const { return std::tie(module, host, caller); }
};

struct status_row_hash {
    size_t operator()(const status_row &row) const;
};
struct status_row_same_key {
    bool operator()(const status_row &a, const status_row &b) const { return a.key() == b.key(); }
};

// The row for one host of REPORT. Counts that the column cannot hold become the
// most that it can.
status_row make_status_row(const status_report &report, const host_calls &calls);

}  // namespace lars
