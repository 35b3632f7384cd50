// The same work in several threads or processes at the same time.
#pragma once

#include <functional>
#include <vector>

#include "measurement.h"

namespace lars::bench {

// Says that the worker has made ready, and waits until all have. False if one of them has not.
using make_ready = std::function<bool()>;
using work = std::function<measurement(const make_ready &)>;

// Runs TODO in so many processes with so many threads each, and returns what each thread
// measured; one process is this one. Others are copies of it, made by fork, that end with it.
std::vector<measurement> run_together(int processes, int threads, const work &todo);

// How many processors this process may use.
int processors();

// The error of a worker who waited for the others in vain.
extern const char *const NOT_ALL_READY;

// What all measured in the same time: the sum of their calls, or the error of one.
measurement sum_of(const std::vector<measurement> &all);

}  // namespace lars::bench
