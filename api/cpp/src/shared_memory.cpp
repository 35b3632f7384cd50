#include "shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lars {

shared_memory::~shared_memory()
{
    unmap();
}

shared_memory::shared_memory(shared_memory &&other) noexcept
    : _data(std::exchange(other._data, nullptr)), _size(std::exchange(other._size, 0))
{
}

shared_memory &shared_memory::operator=(shared_memory &&other) noexcept
{
    std::swap(_data, other._data);
    std::swap(_size, other._size);
    return *this;
}

void shared_memory::unmap()
{
    if (_data)
        munmap(_data, _size);
    _data = nullptr;
}

bool shared_memory::map(int fd, int seals, bool writable, std::string &why)
{
    unmap();
    struct stat found {};
    const int sealed = fcntl(fd, F_GET_SEALS);
    if (sealed < 0 || (sealed & seals) != seals) {
        why = "is memory without the seals that it needs";
        return false;
    }
    if (fstat(fd, &found) != 0 || found.st_size <= 0) {
        why = "is empty";
        return false;
    }
    void *data = mmap(nullptr, static_cast<size_t>(found.st_size),
                      writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) {
        why = std::string("cannot be mapped: ") + std::strerror(errno);
        return false;
    }
    _data = data;
    _size = static_cast<size_t>(found.st_size);
    return true;
}

}  // namespace lars
