// Memory that an agent shares with a client: mapped from a descriptor that the agent has
// passed, and unmapped with its owner. One thread.
#pragma once

#include <cstddef>
#include <string>

namespace lars {

class shared_memory {
public:
    shared_memory() = default;
    ~shared_memory();
    shared_memory(shared_memory &&other) noexcept;
    shared_memory &operator=(shared_memory &&other) noexcept;

    // Maps all that FD, which stays the caller's, is a descriptor of. It must have SEALS,
    // those of fcntl(2), so that nobody can take the memory away. False if it has not, or
    // is empty or cannot be mapped; then WHY becomes the reason.
    bool map(int fd, int seals, bool writable, std::string &why);

    void *data() const { return _data; }
    size_t size() const { return _size; }

private:
    void unmap();

    void *_data = nullptr;
    size_t _size = 0;
};

}  // namespace lars
