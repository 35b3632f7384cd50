#include "buf_pool.h"

buf_pool *buf_pool::instance()
{
    static buf_pool *pool = new buf_pool;   // never destroyed: static objects may still give back at exit
    return pool;
}

buf_pool::free_list *buf_pool::list_for(int N)
{
    for (free_list &list : _lists) {
        if (N >= 0 && N <= list.size) {
            return &list;
        }
    }
    return nullptr;
}

io_buf *buf_pool::alloc_buf(int N)
{
    free_list *list = list_for(N);
    if (list == nullptr) {
        return nullptr;
    }
    if (io_buf *buffer = list->first) {
        list->first = buffer->next;
        buffer->next = nullptr;
        return buffer;
    }
    uint64_t kb = list->size / 1024;
    if (_total_kb + kb > EXTRA_MEM_LIMIT) {
        return nullptr;
    }
    io_buf *buffer = new io_buf(list->size);
    _total_kb += kb;
    return buffer;
}

void buf_pool::revert(io_buf *buffer)
{
    free_list *list = list_for(buffer->capacity);
    buffer->clear();
    buffer->next = list->first;
    list->first = buffer;
}
