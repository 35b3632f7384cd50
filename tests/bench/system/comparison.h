// Runs ours and the floor in turn and prints the medians side by side.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "measurement.h"

namespace lars::bench {

struct bench_settings {
    int rounds = 5;
    double seconds = 1;  // of each measurement
};

void print_heading();

// One line of calls a second, one of processor time for each call where both sides have
// it; the ratio is the median of the ratios of single rounds. False, and the reason on
// stderr, if a run fails.
bool compare(const std::string &name, const bench_settings &settings,
             const std::function<measurement()> &ours, const std::function<measurement()> &floor);

double median(std::vector<double> values);

// The parts, one file each. False if one could not be measured.
bool bench_echo(const bench_settings &settings);
bool bench_dns(const bench_settings &settings);
bool bench_agent(const bench_settings &settings);
bool bench_reporter(const bench_settings &settings);
bool bench_push(const bench_settings &settings);

}  // namespace lars::bench
