// How soon many subscribers hear of a change.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "watchers.h"

namespace lars::bench {

// A host comes, and goes again, in turn.
struct change_rounds {
    const char *name;  // for messages
    int changes;
    std::function<bool(bool added)> write;
    // What each subscriber then gets: how it begins, and how many bytes follow.
    std::function<std::string(bool added)> news;
    size_t more;
    // Waits for the moment of a change; without one, some time passes.
    std::function<bool()> moment = {};
};

// Makes the changes, at moments that have nothing to do with each other. Adds to *LATENCIES
// the time of each, in milliseconds, from the start of the write until the last of WATCHERS
// has it. False, and why on stderr, if a write fails, its moment does not come, or anything else
// comes.
bool measure_changes(const change_rounds &rounds, watchers *all, std::vector<double> *latencies);

}  // namespace lars::bench
