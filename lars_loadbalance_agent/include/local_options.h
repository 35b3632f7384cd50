// The local path's part of the configuration: [agent] local and its bounds, explained in
// conf/lars_lb_agent.conf.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "table_part.h"

namespace lars {

struct local_options {
    std::string socket;  // file of the socket where clients meet the agent; empty: none
    mode_t mode = 0666;  // of that file: who may write to it may use the local path
    size_t clients = 1000;
    table_part::bounds table;  // for each of the three ports

    bool operator!=(const local_options &other) const
    {
        return socket != other.socket || mode != other.mode || clients != other.clients ||
               table.modules != other.table.modules || table.hosts != other.table.hosts;
    }
};

}  // namespace lars
