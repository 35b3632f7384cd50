// The command line that all services have. One thread.
#pragma once

#include <optional>
#include <string>

namespace lars {

struct service_info {
    std::string name;    // the program, "lars_dns"; its configuration is name.conf
    std::string folder;  // the part of the source tree whose conf/ holds that
    std::string what;    // one line for --help
    // More lines for --help, each with its end: what the program's own main reads.
    std::string more_help = {};
};

struct service_arguments {
    std::string config_path;
    bool check_only = false;  // -t: read the configuration and end
    std::string log_path;     // -l: the log's file; empty: stderr
    int ready_fd = -1;        // -1: nobody wants to be told
};

// Reads the command line into *OUT. Returns nothing if the service is to run. Returns
// main's exit status if it is not: 0 after help or the version was printed, 2 after
// stderr has said how the program is used.
std::optional<int> parse_arguments(int argc, char **argv, const service_info &info,
                                   service_arguments *out);

}  // namespace lars
