// What the bench compares with and against, each served until the process is killed.
#pragma once

#include <string>
#include <vector>

#include "status.h"

namespace lars::bench {

// bare_echo.h.
status serve_bare_tcp(int ready_fd);

// A thread for each of RESPONSES, each on a port of its own, in batches: answers every
// get_host with that datagram, and leaves reports unanswered.
status serve_bare_udp(int ready_fd, const std::vector<std::string> &responses);

// The same echo as the bare one, frame by frame, by lars_reactor; THREADS worker loops.
status serve_echo(int ready_fd, int threads);

}  // namespace lars::bench
