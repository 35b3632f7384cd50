#include "input_buf.h"

namespace lars {

bool input_buf::append(const char *data, size_t size)
{
    if (size == 0)
        return true;
    if (!_buf || _buf->capacity() < _buf->length() + size) {
        std::unique_ptr<io_buf> larger = _pool->alloc_buf(length() + size);
        if (!larger)
            return false;
        if (_buf) {
            std::memcpy(larger->space(), _buf->data(), _buf->length());
            larger->filled(_buf->length());
        }
        _pool->revert(std::move(_buf));
        _buf = std::move(larger);
    } else if (_buf->space_size() < size) {
        _buf->adjust();
    }
    std::memcpy(_buf->space(), data, size);
    _buf->filled(size);
    return true;
}

void input_buf::pop(size_t size)
{
    if (size == 0)
        return;
    _buf->pop(size);
    if (_buf->length() == 0)
        clear();
}

void input_buf::clear()
{
    if (_buf)
        _pool->revert(std::move(_buf));
}

}  // namespace lars
