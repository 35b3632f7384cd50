#include "input_buf.h"

#include <utility>

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
        hold(std::move(larger));
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
    hold(nullptr);
}

// Instead of the one that it holds.
void input_buf::hold(std::unique_ptr<io_buf> buf)
{
    if (_use && buf)
        _use->take(buf->capacity());
    if (_use && _buf)
        _use->give(_buf->capacity());
    _pool->revert(std::exchange(_buf, std::move(buf)));
}

}  // namespace lars
