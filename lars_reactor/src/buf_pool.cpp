#include "buf_pool.h"

namespace lars {

static size_t size_class(size_t at_least)
{
    size_t i = 0;
    while (i < buf_pool::SIZES.size() && buf_pool::SIZES[i] < at_least)
        ++i;
    return i;
}

std::unique_ptr<io_buf> buf_pool::alloc_buf(size_t at_least)
{
    const size_t i = size_class(at_least);
    if (i == SIZES.size())
        return nullptr;
    if (_free[i].empty())
        return std::make_unique<io_buf>(SIZES[i]);

    std::unique_ptr<io_buf> buf = std::move(_free[i].back());
    _free[i].pop_back();
    _kept_bytes -= buf->capacity();
    return buf;
}

void buf_pool::revert(std::unique_ptr<io_buf> buf)
{
    if (!buf || _kept_bytes + buf->capacity() > KEEP_BYTES)
        return;
    buf->clear();
    _kept_bytes += buf->capacity();
    _free[size_class(buf->capacity())].push_back(std::move(buf));
}

}  // namespace lars
