// What the command line of lars_route asks for. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

struct route_command {
    enum class verb { list, add, del, weight, drain, undrain, clear, accept, check, help, version };

    verb what = verb::help;
    std::string config_path;          // empty: that of lars_dns
    bool confirmed = false;           // with clear: --yes was given
    std::optional<module_id> module;  // nothing: list all; with clear and accept none
    std::vector<std::string> tables;  // with check: what has to be there
    // Each once, with the weight it shall have; with drain that is 0. With del, none: all
    // of them.
    std::vector<route_host> hosts;
};

// Reads the arguments, without the program's name, into *COMMAND. An error says which
// argument is wrong.
status parse_route_command(const std::vector<std::string> &arguments, route_command *command);

// What --help prints.
const char *route_usage();

}  // namespace lars
