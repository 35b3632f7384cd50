// Runs ours and what it is compared with in turn, and notes the medians side by side.
#pragma once

#include <functional>
#include <string>

#include "bench_table.h"
#include "measurement.h"

namespace lars::bench {

struct bench_settings {
    int rounds = 5;
    double seconds = 1;            // of each measurement
    bench_table *table = nullptr;  // where the figures go
};

// One line of calls a second, one of processor time for each call where both sides have
// it; the ratio is the median of the ratios of single rounds. False, and the reason on
// stderr, if a run fails.
bool compare(const std::string &name, const bench_settings &settings,
             const std::function<measurement()> &ours, const std::function<measurement()> &floor);

}  // namespace lars::bench
