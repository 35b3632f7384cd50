#include "temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace lars::test {

temp_dir::temp_dir()
{
    const char *parent = getenv("TMPDIR");
    constexpr size_t longest_parent = 60;
    _path = parent && *parent && std::string(parent).size() <= longest_parent ? parent : "/tmp";
    _path += "/lars.XXXXXX";
    if (!mkdtemp(&_path[0])) {
        perror(_path.c_str());
        abort();
    }
}

temp_dir::~temp_dir()
{
    std::error_code ignored;
    std::filesystem::remove_all(_path, ignored);
}

std::string temp_dir::write(const std::string &name, const std::string &text) const
{
    write_text(file(name), text);
    return file(name);
}

std::string read_text(const std::string &path)
{
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

void write_text(const std::string &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace lars::test
