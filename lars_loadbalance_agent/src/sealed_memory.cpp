#include "sealed_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lars {

sealed_memory::sealed_memory(sealed_memory &&other) noexcept
    : _fd(std::move(other._fd)),
      _data(std::exchange(other._data, nullptr)),
      _size(std::exchange(other._size, 0))
{
}

sealed_memory &sealed_memory::operator=(sealed_memory &&other) noexcept
{
    unmap();
    _fd = std::move(other._fd);
    _data = std::exchange(other._data, nullptr);
    _size = std::exchange(other._size, 0);
    return *this;
}

sealed_memory::~sealed_memory()
{
    unmap();
}

void sealed_memory::unmap()
{
    if (_data)
        munmap(_data, _size);
    _data = nullptr;
}

// The mapping comes before the seals: after F_SEAL_FUTURE_WRITE there is no other that can be
// written through, neither by this descriptor nor by one that is opened anew.
status sealed_memory::make(const char *name, size_t size, writers who, sealed_memory *out)
{
    const auto failed = [name](const char *what) {
        return status::error(std::string(what) + " for the memory " + name + ": " +
                             std::strerror(errno));
    };
    sealed_memory made;
    made._fd.reset(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!made._fd.valid())
        return failed("memfd_create");
    if (ftruncate(made._fd.get(), static_cast<off_t>(size)) != 0)
        return failed("ftruncate");
    void *mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, made._fd.get(), 0);
    if (mapped == MAP_FAILED)
        return failed("mmap");
    made._data = static_cast<char *>(mapped);
    made._size = size;
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (who == writers::only_this_process)
        seals |= F_SEAL_FUTURE_WRITE;
    if (fcntl(made._fd.get(), F_ADD_SEALS, seals) != 0)
        return failed("sealing");
    *out = std::move(made);
    return {};
}

}  // namespace lars
