// A block of memory with the bytes in use at [head, head + length). One thread.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>

namespace lars {

class io_buf {
public:
    explicit io_buf(size_t capacity) : _capacity(capacity), _data(new char[capacity]) {}

    size_t capacity() const { return _capacity; }
    size_t length() const { return _length; }
    const char *data() const { return _data.get() + _head; }

    // Where the next bytes go, and how many fit without adjust().
    char *space() { return _data.get() + _head + _length; }
    size_t space_size() const { return _capacity - _head - _length; }
    void filled(size_t size)
    {
        assert(size <= space_size());
        _length += size;
    }

    void pop(size_t size)
    {
        assert(size <= _length);
        _length -= size;
        _head = _length == 0 ? 0 : _head + size;
    }

    // Moves the bytes in use to the front.
    void adjust()
    {
        if (_head > 0)
            std::memmove(_data.get(), data(), _length);
        _head = 0;
    }

    void clear() { _head = _length = 0; }

    std::unique_ptr<io_buf> next;  // for whoever keeps blocks in a chain

private:
    size_t _capacity;
    size_t _head = 0;
    size_t _length = 0;
    std::unique_ptr<char[]> _data;
};

}  // namespace lars
