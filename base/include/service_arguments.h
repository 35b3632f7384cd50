// The command line that all services have, and what they say about it.
#pragma once

#include <optional>
#include <string>

namespace lars {

struct service_info {
    std::string name;    // the program, "lars_dns"; its configuration is name.conf
    std::string folder;  // the part of the source tree whose conf/ holds that
    std::string what;    // one line for --help
};

struct service_arguments {
    std::string config_path;
    bool check_only = false;
    int ready_fd = -1;  // -1: nobody wants to be told
};

// Reads the command line. Where a number comes back, main returns it at once:
// help or the version is printed, or stderr says what is wrong.
std::optional<int> parse_arguments(int argc, char **argv, const service_info &info,
                                   service_arguments *out);

}  // namespace lars
