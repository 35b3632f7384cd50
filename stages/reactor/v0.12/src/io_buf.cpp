#include "io_buf.h"

#include <cassert>
#include <cstring>

io_buf::io_buf(int size) : capacity(size), length(0), head(0), next(NULL), _memory(new char[size])
{
    data = _memory.get();
}

void io_buf::clear()
{
    length = 0;
    head = 0;
}

void io_buf::adjust()
{
    if (head > 0) {
        memmove(data, data + head, length);
        head = 0;
    }
}

void io_buf::copy(const io_buf *other)
{
    assert(other->length <= capacity);
    memcpy(data, other->data + other->head, other->length);
    head = 0;
    length = other->length;
}

void io_buf::pop(int len)
{
    assert(len >= 0 && len <= length);
    length -= len;
    head += len;
}
