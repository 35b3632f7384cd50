// Asks a service for its metrics, and reads of them what the console shows. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server_address.h"
#include "status.h"

namespace lars {

struct service_figures {
    std::string version;           // empty: it says none
    std::optional<double> behind;  // a dns: how long ago it read its database, in seconds
};

// GET http://ADDRESS/metrics; waits for a few seconds at most. *FIGURES is unchanged after an
// error.
status read_service(const server_address &address, service_figures *figures);

// For tests. Reads TEXT, which is in Prometheus's text format. What is not understood is left
// out.
service_figures parse_figures(std::string_view text);

}  // namespace lars
