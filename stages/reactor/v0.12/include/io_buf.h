// One piece of memory with bytes waiting in it: data[head] to data[head + length - 1].
#pragma once

#include <memory>

class io_buf {
public:
    // Allocates size bytes; throws std::bad_alloc.
    explicit io_buf(int size);

    void clear();                     // nothing waits any more
    void adjust();                    // moves what waits to the front
    void copy(const io_buf *other);   // takes over what waits in other, which must fit
    void pop(int len);                // the first len bytes have been dealt with

    int capacity;
    int length;
    int head;
    char *data;
    io_buf *next;   // for the pool's lists

private:
    std::unique_ptr<char[]> _memory;
};
