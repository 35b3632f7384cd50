#include "owned_fd.h"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace lars {

owned_fd::owned_fd(int fd) : _fd(fd)
{
    struct stat found {};
    if (fd >= 0 && fstat(fd, &found) == 0) {
        _device = found.st_dev;
        _inode = found.st_ino;
    }
}

owned_fd::~owned_fd()
{
    close();
}

owned_fd::owned_fd(owned_fd &&other) noexcept
    : _fd(std::exchange(other._fd, -1)), _device(other._device), _inode(other._inode)
{
}

owned_fd &owned_fd::operator=(owned_fd &&other) noexcept
{
    if (this != &other) {
        close();
        _fd = std::exchange(other._fd, -1);
        _device = other._device;
        _inode = other._inode;
    }
    return *this;
}

void owned_fd::close()
{
    struct stat found {};
    if (_fd >= 0 && fstat(_fd, &found) == 0 && found.st_dev == _device && found.st_ino == _inode)
        ::close(_fd);
    _fd = -1;
}

}  // namespace lars
