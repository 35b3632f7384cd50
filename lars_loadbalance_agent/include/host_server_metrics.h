// What one of the agent's UDP servers counts, and how it is told.
#pragma once

#include <cstddef>
#include <cstdint>

#include "metrics_page.h"
#include "route_lb.h"
#include "table_keeper.h"
#include "udp_server.h"

namespace lars {

// One thread's.
struct host_server_counts {
    uint64_t chosen = 0;      // a host was given
    uint64_t probes = 0;      // of those, hosts that are set aside
    uint64_t overloaded = 0;  // all hosts are set aside
    uint64_t no_hosts = 0;    // the module has none, or is not known
    uint64_t reports_of_success = 0;
    uint64_t reports_of_failure = 0;
    uint64_t bad_messages = 0;
    uint64_t from_strangers = 0;  // questions that are for this machine alone
    uint64_t of_other_ports = 0;  // of modules that another port answers for
};

// Adds them to PAGE; and what SERVER counts. With a TABLE also what its clients did, which
// has figures of its own beside.
void add_counts(const host_server_counts &counts, const udp_server &server,
                const table_keeper *table, metrics_page *page);

// Adds the hosts of MODULES by their state. Of so many modules, MOST, each has its own
// figures: those with the lowest ids, so that it is the same ones each time. The figures of
// the others are summed up, as modid="other".
void add_hosts(const route_lb &modules, size_t most, metrics_page *page);

}  // namespace lars
