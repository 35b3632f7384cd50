#include "whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>

namespace lars {

static constexpr off_t LARGEST_FILE = off_t{1} << 30;

static std::string folder_of(const std::string &path)
{
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool write_all(int fd, std::string_view text)
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

// The end of a temporary file's name. It has capital and small letters and digits, which
// the end of a name that people choose hardly has.
static constexpr size_t SUFFIX_LENGTH = 6;

static bool is_suffix(std::string_view text)
{
    const auto has = [text](int (*kind)(int)) {
        return std::any_of(text.begin(), text.end(), [kind](unsigned char c) { return kind(c); });
    };
    const bool plain = std::all_of(text.begin(), text.end(),
                                   [](unsigned char c) { return c < 128 && std::isalnum(c); });
    return text.size() == SUFFIX_LENGTH && plain && has(std::isupper) && has(std::islower) &&
           has(std::isdigit);
}

static std::string random_suffix()
{
    static constexpr std::string_view LETTERS =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device random;
    std::string made(SUFFIX_LENGTH, 'A');
    while (!is_suffix(made)) {
        for (char &letter : made)
            letter = LETTERS[random() % LETTERS.size()];
    }
    return made;
}

// Makes a new file beside PATH, whose name becomes *NAME.
static status create_beside(const std::string &path, std::string *name, unique_fd *out)
{
    constexpr int ATTEMPTS = 100;
    for (int i = 0; i < ATTEMPTS; ++i) {
        *name = path + "." + random_suffix();
        out->reset(open(name->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
        if (out->valid())
            return {};
        if (errno != EEXIST)
            break;
    }
    name->clear();
    // The error names PATH: one that differs each time would be logged each time.
    return status::from_errno("cannot create a file beside " + path);
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

// Gives the new file at TEMPORARY its name.
static status put_in_place(const std::string &temporary, const std::string &path, old_file before)
{
    const std::string kept = path + "~";
    if (before == old_file::kept) {
        if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0)
            return rename(temporary.c_str(), kept.c_str()) == 0
                       ? status()
                       : status::from_errno("cannot keep " + kept);
        // Some file systems exchange nothing. Then there is a moment without PATH.
        if (errno != ENOENT && rename(path.c_str(), kept.c_str()) != 0)
            return status::from_errno("cannot keep " + kept);
    }
    return rename(temporary.c_str(), path.c_str()) == 0
               ? status()
               : status::from_errno("cannot replace " + path);
}

file_replacement::~file_replacement()
{
    if (!_temporary.empty())
        unlink(_temporary.c_str());
}

status file_replacement::begin()
{
    // A device such as /dev/null is not to be taken away from others.
    struct stat there {};
    if (lstat(_path.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode))
        return status::error("cannot replace " + _path + ": not a regular file");
    return create_beside(_path, &_temporary, &_file);
}

status file_replacement::append(std::string_view text)
{
    return write_all(_file.get(), text) ? status() : status::from_errno("cannot write " + _path);
}

status file_replacement::overwrite(std::string_view text)
{
    return lseek(_file.get(), 0, SEEK_SET) == 0 ? append(text)
                                                : status::from_errno("cannot write " + _path);
}

status file_replacement::commit(old_file before)
{
    // Closed, so that a full disk is seen here rather than never.
    if (fsync(_file.get()) != 0 || ::close(_file.release()) != 0)
        return status::from_errno("cannot write " + _path);
    if (status s = put_in_place(_temporary, _path, before); !s)
        return s;
    _temporary.clear();
    // The name is in the folder, and that has to reach the disk too.
    const unique_fd folder(open(folder_of(_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || fsync(folder.get()) != 0)
        return status::from_errno("cannot write folder " + folder_of(_path));
    return {};
}

status replace_file(const std::string &path, std::string_view text, old_file before)
{
    file_replacement file(path);
    if (status s = file.begin(); !s)
        return s;
    if (status s = file.append(text); !s)
        return s;
    return file.commit(before);
}

void remove_leftovers(const std::string &path)
{
    const std::string start = std::filesystem::path(path).filename().string() + ".";
    std::error_code failed;  // a folder that cannot be read holds nothing of ours
    for (std::filesystem::directory_iterator file(folder_of(path), failed), end;
         !failed && file != end; file.increment(failed)) {
        const std::string name = file->path().filename().string();
        std::error_code unknown;
        if (name.compare(0, start.size(), start) == 0 && is_suffix(name.substr(start.size())) &&
            file->symlink_status(unknown).type() == std::filesystem::file_type::regular)
            unlink(file->path().c_str());
    }
}

}  // namespace lars
