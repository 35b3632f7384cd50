// What the command line of lars_route asks for. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "route.h"
#include "route_list.h"
#include "status.h"

namespace lars {

struct route_command {
    enum class verb {
        list,
        add,
        del,
        weight,
        drain,
        undrain,
        clear,
        accept,
        export_all,
        import_all,
        check,
        help,
        version
    };

    verb what = verb::help;
    std::string config_path;                // empty: the default of --help
    bool confirmed = false;                 // with clear and import: --yes was given
    std::string note;                       // why; with what changes routes
    std::string file;                       // with export and import; "-": standard output or input
    list_format format = list_format::csv;  // the same
    std::optional<module_id> module;        // nothing: list all; with clear and accept none
    std::vector<std::string> tables;        // with check: what has to be there
    // Each once, with the weight it shall have; with drain that is 0. With del, none: all
    // of them.
    std::vector<route_host> hosts;
};

// Reads the arguments, without the program's name, into *COMMAND. An error says which
// argument is wrong.
status parse_route_command(const std::vector<std::string> &arguments, route_command *command);

// Whether it is a verb that changes what the database holds.
bool changes_routes(route_command::verb what);

// What --help prints.
const char *route_usage();

}  // namespace lars
