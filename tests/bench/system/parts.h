// What bench_system measures, one file each. False, and the reason on stderr, if a part could
// not be measured.
#pragma once

#include "comparison.h"

namespace lars::bench {

bool bench_echo(const bench_settings &settings);
bool bench_dns(const bench_settings &settings);
bool bench_limit(const bench_settings &settings);
bool bench_loops(const bench_settings &settings);
bool bench_agent(const bench_settings &settings);
bool bench_local(const bench_settings &settings);
bool bench_reporter(const bench_settings &settings);
bool bench_push(const bench_settings &settings);
bool bench_memory(const bench_settings &settings);

}  // namespace lars::bench
