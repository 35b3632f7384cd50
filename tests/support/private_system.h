// A place for run_lars to run a whole system in, which meets no other: the configurations
// that users get, on free ports, with all state in a folder of its own. One thread.
#pragma once

#include <map>
#include <string>

#include "process.h"
#include "temp_dir.h"

namespace lars::test {

class private_system {
public:
    private_system();

    // TEXT with our ports in the place of the usual ones.
    std::string with_ports(const std::string &text) const;
    // Our port in the place of that one.
    const std::string &port(const std::string &usual) const { return _ports.at(usual); }
    // What run_lars is to be started with: in the source tree, with our folders and ports.
    const process_options &options() const { return _options; }
    // A path in our folder, and one that is written there.
    std::string file(const std::string &name) const { return _folder.file(name); }
    std::string write(const std::string &name, const std::string &text) const
    {
        return _folder.write(name, text);
    }

private:
    temp_dir _folder;
    std::map<std::string, std::string> _ports;
    process_options _options;
};

}  // namespace lars::test
