// Lends buffers of a few sizes and keeps those that come back, for the next one who asks.
// Any thread.
#pragma once

#include <cstdint>
#include <mutex>

#include "io_buf.h"

enum MEM_CAP {
    m4K = 4096,
    m16K = 16384,
    m64K = 65536,
    m256K = 262144,
    m1M = 1048576,
    m4M = 4194304,
    m8M = 8388608
};

// What all buffers together may take, in KB: 5 GB.
#define EXTRA_MEM_LIMIT (5U * 1024 * 1024)

class buf_pool {
public:
    static buf_pool *instance();

    // A buffer for at least N bytes, empty; the caller gives it back with revert().
    // NULL when N is above the largest size, or when the memory is spent.
    io_buf *alloc_buf(int N);
    io_buf *alloc_buf() { return alloc_buf(m4K); }
    void revert(io_buf *buffer);

private:
    buf_pool();

    // The buffers of one size that nobody uses now.
    struct free_list {
        int size;
        io_buf *first;
        uint32_t kb;
    };
    static const int SIZES = 7;

    free_list *list_for(int size);

    std::mutex _mutex;    // guards the rest
    free_list _free[SIZES];
    uint32_t _total_kb;   // lent and free together
};
