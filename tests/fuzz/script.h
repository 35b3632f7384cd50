// The bytes that a fuzzer made, read one by one as a script of what to do. After their
// end there are zeros. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace lars::fuzz {

class script {
public:
    // DATA outlives this.
    script(const uint8_t *data, size_t size) : _next(data), _end(data + size) {}

    bool at_end() const { return _next == _end; }

    uint8_t byte() { return at_end() ? 0 : *_next++; }
    // 0 to LIMIT - 1.
    uint32_t below(uint32_t limit) { return byte() % limit; }
    // Little-endian.
    uint32_t number()
    {
        uint32_t read = 0;
        for (int shift = 0; shift < 32; shift += 8)
            read |= uint32_t{byte()} << shift;
        return read;
    }
    // At most so many of those that are left.
    std::string bytes(size_t most)
    {
        const size_t size = std::min(most, static_cast<size_t>(_end - _next));
        const std::string taken(reinterpret_cast<const char *>(_next), size);
        _next += size;
        return taken;
    }
    std::string rest() { return bytes(static_cast<size_t>(_end - _next)); }

private:
    const uint8_t *_next;
    const uint8_t *_end;
};

}  // namespace lars::fuzz
