#include "whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "unique_fd.h"

namespace lars {

static constexpr off_t LARGEST_FILE = off_t{1} << 30;

static std::string folder_of(const std::string &path)
{
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

static bool write_all(int fd, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

// Writes, and closes, so that a full disk is seen here rather than never.
// The error names PATH: one that differs each time would be logged each time.
static status fill(unique_fd out, const std::string &path, std::string_view text)
{
    // mkstemp leaves out everybody else; the file is no secret.
    if (fchmod(out.get(), 0644) != 0 || !write_all(out.get(), text) || fsync(out.get()) != 0 ||
        ::close(out.release()) != 0)
        return status::from_errno("cannot write " + path);
    return {};
}

status read_file(const std::string &path, std::string *text)
{
    // Not to wait for whoever may one day write to a fifo.
    const unique_fd in(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (in.get() < 0)
        return status::from_errno("cannot read " + path);
    struct stat info {};
    if (fstat(in.get(), &info) != 0)
        return status::from_errno("cannot read " + path);
    if (!S_ISREG(info.st_mode))
        return status::error("cannot read " + path + ": not a regular file");
    if (info.st_size > LARGEST_FILE)
        return status::error("cannot read " + path + ": larger than 1 GiB");

    std::string found(static_cast<size_t>(info.st_size), '\0');
    size_t filled = 0;
    while (filled < found.size()) {
        const ssize_t got = read(in.get(), &found[filled], found.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return status::from_errno("cannot read " + path);
        if (got == 0)
            break;
        filled += static_cast<size_t>(got);
    }
    found.resize(filled);
    *text = std::move(found);
    return {};
}

status replace_file(const std::string &path, std::string_view text)
{
    std::string temporary = path + ".XXXXXX";
    unique_fd out(mkostemp(&temporary[0], O_CLOEXEC));
    if (out.get() < 0)
        return status::from_errno("cannot create a file beside " + path);

    status done = fill(std::move(out), path, text);
    if (done && rename(temporary.c_str(), path.c_str()) != 0)
        done = status::from_errno("cannot replace " + path);
    if (!done) {
        unlink(temporary.c_str());
        return done;
    }

    // The name is in the folder, and that has to reach the disk too.
    const unique_fd folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || fsync(folder.get()) != 0)
        return status::from_errno("cannot write folder " + folder_of(path));
    return {};
}

}  // namespace lars
