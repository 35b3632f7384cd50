#include "config_path.h"

#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace lars {

static std::string folder_of_this_program()
{
    char path[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    const std::string program = size > 0 ? std::string(path, static_cast<size_t>(size)) : "";
    return program.substr(0, program.rfind('/'));
}

std::string default_config_path(const std::string &program, const std::string &folder)
{
    const std::string file = program + ".conf";
    const std::string here = folder_of_this_program();
    // An installation may be inside the source tree; the source tree has no etc.
    for (const std::string &path :
         {here + "/../etc/lars/" + file, here + "/../../../" + folder + "/conf/" + file}) {
        char resolved[PATH_MAX];
        if (realpath(path.c_str(), resolved))
            return resolved;
    }
    return "/etc/lars/" + file;
}

}  // namespace lars
