// Memory that this process shares with others by handing out a descriptor of it, and whose
// size nobody can change: no mapping of it is ever cut off. One thread at a time.
#pragma once

#include <cstddef>

#include "status.h"
#include "unique_fd.h"

namespace lars {

class sealed_memory {
public:
    // Whether others may write there too.
    enum class writers { all, only_this_process };

    sealed_memory() = default;
    sealed_memory(sealed_memory &&other) noexcept;
    sealed_memory &operator=(sealed_memory &&other) noexcept;
    ~sealed_memory();

    // Makes SIZE bytes, all 0, mapped for reading and writing here. They take memory as they
    // are first written. NAME is what /proc shows. An error if there is no memory or
    // descriptor, or if the kernel cannot keep others from writing (before Linux 5.1).
    static status make(const char *name, size_t size, writers who, sealed_memory *out);

    // Where it begins, which is where a memory page does; null while there is none.
    char *data() const { return _data; }
    size_t size() const { return _size; }
    // To be handed to others. It stays this object's; -1 after close_fd().
    int fd() const { return _fd.get(); }
    // It is handed to nobody any more. The memory stays.
    void close_fd() { _fd.reset(); }

private:
    void unmap();

    unique_fd _fd;
    char *_data = nullptr;
    size_t _size = 0;
};

}  // namespace lars
