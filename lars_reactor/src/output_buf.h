// Bytes waiting to be sent: a chain of pooled blocks, so that what is queued is
// never moved. Holds memory only while it holds bytes. One thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstring>
#include <memory>

#include "buf_pool.h"
#include "memory_use.h"

namespace lars {

class output_buf {
public:
    // POOL and USE outlive this. What this holds is counted in USE, unless that is null.
    explicit output_buf(buf_pool &pool, memory_use *use = nullptr) : _pool(&pool), _use(use) {}
    ~output_buf() { clear(); }
    output_buf(const output_buf &) = delete;
    output_buf &operator=(const output_buf &) = delete;

    size_t length() const { return _length; }

    void append(const char *data, size_t size);
    // Appends PIECES, one behind the other, SIZE bytes in all. False, and nothing was
    // done, if that takes another block.
    template <typename list>
    bool append_to_block(const list &pieces, size_t size)
    {
        if (!_last || size > _last->space_size())
            return false;
        char *at = _last->space();
        for (const auto &piece : pieces) {
            if (!piece.empty())
                std::memcpy(at, piece.data(), piece.size());
            at += piece.size();
        }
        _last->filled(size);
        _length += size;
        return true;
    }

    // The first bytes as at most COUNT pieces; returns how many pieces.
    int pieces(iovec *out, int count) const;
    void pop(size_t size);
    void clear();

private:
    buf_pool *_pool;
    memory_use *_use;
    std::unique_ptr<io_buf> _first;
    io_buf *_last = nullptr;
    size_t _length = 0;
};

}  // namespace lars
