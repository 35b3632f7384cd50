#include "buf_pool.h"

#include <new>

static const int PREPARED = 64;               // buffers of 4 KB, made at the start
static const uint32_t KEEP_KB = 16 * 1024;    // of each size; what comes back above it is freed

buf_pool *buf_pool::instance()
{
    // Never deleted: a buffer may come back while the program is ending.
    static buf_pool *pool = new buf_pool;
    return pool;
}

buf_pool::buf_pool() : _total_kb(0)
{
    const int sizes[SIZES] = {m4K, m16K, m64K, m256K, m1M, m4M, m8M};
    for (int i = 0; i < SIZES; i++) {
        _free[i] = {sizes[i], NULL, 0};
    }
    for (int i = 0; i < PREPARED; i++) {
        _total_kb += m4K / 1024;
        revert(new io_buf(m4K));
    }
}

// The list of the smallest buffers that hold size bytes, or NULL.
buf_pool::free_list *buf_pool::list_for(int size)
{
    for (free_list &list : _free) {
        if (size <= list.size) {
            return &list;
        }
    }
    return NULL;
}

io_buf *buf_pool::alloc_buf(int N)
{
    free_list *list = N < 0 ? NULL : list_for(N);
    if (list == NULL) {
        return NULL;
    }
    uint32_t kb = list->size / 1024;

    if (list->first != NULL) {
        io_buf *buffer = list->first;
        list->first = buffer->next;
        list->kb -= kb;
        buffer->next = NULL;
        return buffer;
    }

    if (_total_kb + kb > EXTRA_MEM_LIMIT) {
        return NULL;
    }
    try {
        io_buf *buffer = new io_buf(list->size);
        _total_kb += kb;
        return buffer;
    } catch (const std::bad_alloc &) {
        return NULL;
    }
}

void buf_pool::revert(io_buf *buffer)
{
    if (buffer == NULL) {
        return;
    }
    free_list *list = list_for(buffer->capacity);
    uint32_t kb = list->size / 1024;

    if (list->kb + kb > KEEP_KB) {
        _total_kb -= kb;
        delete buffer;
        return;
    }
    buffer->clear();
    buffer->next = list->first;
    list->first = buffer;
    list->kb += kb;
}
