// lars_route export and import: all routes, to a file and from one. One thread; it prints what
// it does.
#pragma once

#include <string>
#include <vector>

#include "route_command.h"
#include "route_editor.h"
#include "status.h"

namespace lars {

// Writes what the database holds where COMMAND says. A file is replaced in one step.
status export_routes(route_editor &editor, const route_command &command);

// Reads the file of COMMAND, or the standard input.
status read_list(const route_command &command, std::vector<module_route> *routes);

// Lets the database, which is FROM in the words of the question, hold exactly WANTED, after it
// has shown what that changes and, unless COMMAND says yes, has asked on the terminal.
status import_routes(route_editor &editor, const route_command &command,
                     const std::vector<module_route> &wanted, const std::string &from);

// "1 module and 2 hosts"
std::string in_words(const route_editor::counts &all);

// On the terminal: prints QUESTION, and is true for "yes" alone.
bool says_yes(const std::string &question);

}  // namespace lars
