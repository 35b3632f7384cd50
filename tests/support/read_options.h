// Reads a service's options from a text, as it would from its configuration.
#pragma once

#include <string>

#include "status.h"
#include "temp_dir.h"

namespace lars::test {

// The error, from the name of the file on, which is NAME; "" if there is none.
template <typename options>
std::string read_options(status (*read)(const std::string &path, options *out),
                         const std::string &name, const std::string &text, options *out)
{
    temp_dir folder;
    const std::string path = folder.write(name, text);
    const std::string message = read(path, out).message();
    const size_t at = message.find(path);
    return at == std::string::npos ? message : message.substr(at + folder.path().size() + 1);
}

}  // namespace lars::test
