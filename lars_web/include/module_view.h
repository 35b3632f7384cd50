// Modules as the console shows them: their hosts, and how those fare in the eyes of their
// callers. One thread at a time; CLIENT is connected.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call_status.h"
#include "db_client.h"
#include "route.h"

namespace lars {

enum class host_state {
    healthy,
    overloaded,  // more than half of those who reported lately say so
    unknown,     // nobody reported lately
    drained,
};

// "healthy"
const char *to_string(host_state state);

struct host_view {
    route_host host;
    host_state state = host_state::unknown;
    // Of the reports of the last minute: how many callers, how many of them see the host
    // overloaded, and the sums of their last intervals.
    uint64_t callers = 0;
    uint64_t overloaded_by = 0;
    uint64_t calls = 0;
    uint64_t failures = 0;
    int64_t ts = 0;  // the last report, however old; 0: none
};

struct module_view {
    module_id module;
    std::vector<host_view> hosts;      // by address
    std::vector<call_status> reports;  // all rows of the module, also of hosts that left
    uint64_t calls = 0;                // of all hosts of the route
    uint64_t failures = 0;
    int64_t ts = 0;

    std::vector<route_host> route() const;
};

// *VIEWS becomes one for each of MODULES, in their order, also where it has no route. NOW is
// the present time in Unix seconds.
status read_module_views(db_client &client, const std::vector<module_id> &modules, int64_t now,
                         std::vector<module_view> *views);

}  // namespace lars
