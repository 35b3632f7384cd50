// One row of ServerCallStatus.
#pragma once

#include <cstdint>
#include <tuple>

#include "endpoint.h"
#include "lars.pb.h"

namespace lars {

struct status_row {
    int32_t modid = 0;
    int32_t cmdid = 0;
    endpoint host;
    uint32_t caller = 0;  // host-order address
    int32_t succ = 0;
    int32_t err = 0;
    uint32_t ts = 0;
    bool overload = false;

    // The primary key: a later row with the same one replaces this.
    auto key() const { return std::tie(modid, cmdid, host.ip, host.port, caller); }
};

struct status_row_hash {
    size_t operator()(const status_row &row) const;
};
struct status_row_same_key {
    bool operator()(const status_row &a, const status_row &b) const { return a.key() == b.key(); }
};

// False where RESULT is no row: its ip or port is none. Counts that the column
// cannot hold become the most that it can.
bool make_status_row(const ReportStatusRequest &message, const HostCallResult &result,
                     status_row *out);

}  // namespace lars
