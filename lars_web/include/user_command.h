// The part of lars_web's command line that changes the file of users. One thread.
#pragma once

#include <optional>
#include <string>

#include "service_arguments.h"

namespace lars {

// For --help.
extern const char *const USER_COMMAND_HELP;

// Runs --add-user, --remove-user, --add-token or --list-users, on the file that the
// configuration names, and returns main's exit status: 0; 1 after saying on stderr why it
// failed; 2 if the command line or the configuration is wrong. Nothing if the command line
// has none of these.
std::optional<int> run_user_command(int argc, char **argv, const service_info &info);

}  // namespace lars
