#include "output_buf.h"

#include <algorithm>

namespace lars {

void output_buf::append(const char *data, size_t size)
{
    constexpr size_t LARGEST_BLOCK = 64u << 10;
    _length += size;
    while (size > 0) {
        if (!_last || _last->space_size() == 0) {
            // Small queues take small blocks, long ones larger.
            const size_t wanted = _last ? LARGEST_BLOCK : std::min(size, LARGEST_BLOCK);
            std::unique_ptr<io_buf> block = _pool->alloc_buf(wanted);
            io_buf *added = block.get();
            if (_use)
                _use->take(added->capacity());
            (_last ? _last->next : _first) = std::move(block);
            _last = added;
        }
        const size_t part = std::min(size, _last->space_size());
        std::memcpy(_last->space(), data, part);
        _last->filled(part);
        data += part;
        size -= part;
    }
}

int output_buf::pieces(iovec *out, int count) const
{
    int used = 0;
    for (const io_buf *block = _first.get(); block && used < count; block = block->next.get()) {
        out[used].iov_base = const_cast<char *>(block->data());
        out[used].iov_len = block->length();
        ++used;
    }
    return used;
}

void output_buf::pop(size_t size)
{
    _length -= size;
    while (_first && size >= _first->length()) {
        size -= _first->length();
        std::unique_ptr<io_buf> sent = std::move(_first);
        _first = std::move(sent->next);
        if (_use)
            _use->give(sent->capacity());
        _pool->revert(std::move(sent));
    }
    if (_first)
        _first->pop(size);
    else
        _last = nullptr;
}

void output_buf::clear()
{
    pop(_length);
}

}  // namespace lars
