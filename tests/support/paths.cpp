#include "paths.h"

#include <cstdlib>
#include <filesystem>

namespace lars::test {

static std::filesystem::path own_folder()
{
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

static std::string absolute(const std::string &path)
{
    return std::filesystem::absolute(path).lexically_normal().string();
}

std::string bin_path(const std::string &name)
{
    const char *folder = getenv("LARS_BIN");
    return absolute((folder && *folder ? folder : own_folder().string()) + "/" + name);
}

std::string source_path(const std::string &name)
{
    const char *root = getenv("LARS_ROOT");
    // build/<variant>/bin
    return absolute((root && *root ? root : own_folder().string() + "/../../..") + "/" + name);
}

}  // namespace lars::test
