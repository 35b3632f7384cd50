#pragma once

#include "io_buf.h"

// A buffer that is borrowed only while bytes wait in it.
class reactor_buf {
public:
    reactor_buf() = default;
    ~reactor_buf();
    reactor_buf(const reactor_buf &) = delete;
    reactor_buf &operator=(const reactor_buf &) = delete;

    int length() const { return _buf == nullptr ? 0 : _buf->length; }
    void pop(int len);
    void clear();
    int reserve(int room);

protected:
    io_buf *_buf = nullptr;
};

class input_buf : public reactor_buf {
public:
    int read_data(int fd);
    const char *data() const;
    void adjust();
};

class output_buf : public reactor_buf {
public:
    int send_data(const char *data, int datalen);
    int write2fd(int fd);
};
