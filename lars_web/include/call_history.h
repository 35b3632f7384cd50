// The table CallHistory: each minute the calls of every module that had reports, as the
// reports of that minute's end have them. lars_web writes and reads it. One thread at a time;
// CLIENT is connected.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "db_client.h"
#include "route.h"

namespace lars {

// Adds a sample of all modules for the minute of NOW (Unix seconds), unless some lars_web has
// done it already.
status sample_calls(db_client &client, int64_t now);
// Deletes samples older than RETENTION, a bounded number in each call. *MORE: there are more.
status prune_history(db_client &client, int64_t now, std::chrono::seconds retention, bool *more);

struct call_sum {
    uint64_t calls = 0;
    uint64_t failures = 0;
};
// Nothing where there was no sample.
using call_points = std::vector<std::optional<call_sum>>;

struct module_history {
    call_points hour;  // 60 minutes, up to the one of NOW
    call_points day;   // 96 quarters of an hour, up to the one of NOW
};
using module_histories = std::unordered_map<module_id, module_history, module_id_hash>;

// *HISTORIES becomes those of MODULES.
status read_history(db_client &client, const std::vector<module_id> &modules, int64_t now,
                    module_histories *histories);

}  // namespace lars
