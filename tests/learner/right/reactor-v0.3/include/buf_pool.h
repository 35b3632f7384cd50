#pragma once

#include "io_buf.h"

#include <cstdint>

enum MEM_CAP {
    m4K = 4096,
    m16K = 16384,
    m64K = 65536,
    m256K = 262144,
    m1M = 1048576,
    m4M = 4194304,
    m8M = 8388608
};

#define EXTRA_MEM_LIMIT (5U * 1024 * 1024)   // in KB

class buf_pool {
public:
    static buf_pool *instance();
    io_buf *alloc_buf(int N);
    io_buf *alloc_buf() { return alloc_buf(m4K); }
    void revert(io_buf *buffer);

private:
    struct free_list {
        int size;
        io_buf *first;
    };

    buf_pool() = default;
    free_list *list_for(int N);

    free_list _lists[7] = {{m4K, nullptr}, {m16K, nullptr}, {m64K, nullptr}, {m256K, nullptr},
                           {m1M, nullptr}, {m4M, nullptr}, {m8M, nullptr}};
    uint64_t _total_kb = 0;
};
