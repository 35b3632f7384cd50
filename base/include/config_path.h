// Where a program finds its configuration when the command line names none.
#pragma once

#include <string>

namespace lars {

// The path of PROGRAM's configuration; that of "lars_dns" is called lars_dns.conf.
// It is in PREFIX/etc/lars where the running program is installed in PREFIX/bin;
// in the conf folder of FOLDER, a part of the source tree, where the program runs
// from that tree's build folder; otherwise in /etc/lars, whether there is such a
// file or not. Any thread.
std::string default_config_path(const std::string &program, const std::string &folder);

}  // namespace lars
