// The section [metrics] of a configuration, which all services have in common. One thread.
#pragma once

#include <cstddef>
#include <optional>

#include "endpoint.h"

namespace lars {

class config_file;

struct metrics_options {
    // Where to serve the metrics; nothing: nowhere. Port 0: any free one.
    std::optional<endpoint> address;

    bool operator==(const metrics_options &other) const { return address == other.address; }
};

// Reads the keys ip (127.0.0.1 where it is absent) and port (without it there are no
// metrics) into *OPTIONS. CONFIG was loaded; its finish() returns what is wrong.
void read_metrics_options(config_file &config, metrics_options *options);

}  // namespace lars
