// Bytes received and not yet used. Holds memory only while it holds bytes, and
// gives it back to the loop's pool. One thread.
#pragma once

#include <cstddef>
#include <memory>

#include "buf_pool.h"
#include "memory_use.h"

namespace lars {

class input_buf {
public:
    // POOL and USE outlive this. What this holds is counted in USE, unless that is null.
    explicit input_buf(buf_pool &pool, memory_use *use = nullptr) : _pool(&pool), _use(use) {}
    ~input_buf() { clear(); }
    input_buf(const input_buf &) = delete;
    input_buf &operator=(const input_buf &) = delete;

    size_t length() const { return _buf ? _buf->length() : 0; }
    const char *data() const { return _buf ? _buf->data() : nullptr; }

    // False when that would be more than the largest buffer; then nothing changed.
    bool append(const char *data, size_t size);
    void pop(size_t size);
    void clear();

private:
    void hold(std::unique_ptr<io_buf> buf);

    buf_pool *_pool;
    memory_use *_use;
    std::unique_ptr<io_buf> _buf;
};

}  // namespace lars
