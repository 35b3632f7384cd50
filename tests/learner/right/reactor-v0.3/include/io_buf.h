#pragma once

// A piece of memory with a window in it: data[head] .. data[head + length - 1] wait.
class io_buf {
public:
    explicit io_buf(int size);
    ~io_buf();
    io_buf(const io_buf &) = delete;
    io_buf &operator=(const io_buf &) = delete;

    void clear();
    void adjust();
    void copy(const io_buf *other);
    void pop(int len);

    int capacity;
    int length;
    int head;
    char *data;
    io_buf *next;
};
