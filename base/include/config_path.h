// Where a program finds its configuration when the command line names none.
#pragma once

#include <string>

namespace lars {

// Returns the path of PROGRAM's configuration, a file such as lars_dns.conf for
// "lars_dns". The first of these that is there: in PREFIX/etc/lars, where the running
// program is in PREFIX/bin; in the conf folder of FOLDER, a part of the source tree,
// where the running program is in that tree's build folder. If there is neither, the
// path is in /etc/lars, whether there is such a file or not. Any thread.
std::string default_config_path(const std::string &program, const std::string &folder);

}  // namespace lars
