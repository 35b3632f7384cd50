// What the command line of lars_route asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "route.h"
#include "status.h"

namespace lars {

struct route_command {
    enum class verb { list, add, del, clear, help, version };

    verb what = verb::help;
    std::string config_path;          // empty: the default
    bool confirmed = false;           // clear --yes
    std::optional<module_id> module;  // nothing: list of all
    std::vector<route_host> hosts;    // each once
};

// An error says which argument is wrong.
status parse_route_command(const std::vector<std::string> &arguments, route_command *command);

// From -2147483648 to 4294967295; numbers with the same 32 bits are the same id.
std::optional<int32_t> parse_id(const std::string &text);

const char *route_usage();

}  // namespace lars
