// A short text for a list of hosts, by which one sees whether it is another list.
#pragma once

#include <string>
#include <vector>

#include "route.h"

namespace lars {

// Any thread. The same in every process; HOSTS are in order. Of two different lists the marks
// are the same once in 2^64 times, by chance: what has to be sure compares the lists.
std::string hosts_mark(const std::vector<route_host> &hosts);

}  // namespace lars
