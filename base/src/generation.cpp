#include "generation.h"

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

namespace lars {

static constexpr time_t GENERATION_LASTS = 86400;

// The age of FILE~ counts from when it came there.
old_file generation_of(const std::string &path)
{
    struct stat file {
    }, kept{};
    if (stat(path.c_str(), &file) != 0)
        return old_file::removed;
    const bool replaces = stat((path + "~").c_str(), &kept) != 0 ||
                          kept.st_size / 2 <= file.st_size ||
                          time(nullptr) - kept.st_ctime > GENERATION_LASTS;
    return replaces ? old_file::kept : old_file::removed;
}

std::string read_generation(const std::string &path, const std::string &name, const log_sink &log,
                            const std::function<status(const std::string &)> &read)
{
    const std::string before = path + "~";
    if (access(path.c_str(), F_OK) != 0 && access(before.c_str(), F_OK) != 0)
        return {};
    const status newest = read(path);
    if (newest)
        return path;
    log(log_level::error, name, ": ", newest.message());
    if (access(before.c_str(), F_OK) != 0)
        return {};
    const status older = read(before);
    log(older ? log_level::warn : log_level::error, name, ": ",
        older ? before + " is taken instead" : older.message());
    return older ? before : "";
}

}  // namespace lars
