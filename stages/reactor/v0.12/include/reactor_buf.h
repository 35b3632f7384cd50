// A connection's bytes: input_buf holds what was read and is not yet understood,
// output_buf what is to be sent and has not gone yet. An empty one holds no memory.
#pragma once

#include "io_buf.h"

class reactor_buf {
public:
    reactor_buf() : _buf(NULL) {}
    ~reactor_buf() { clear(); }
    reactor_buf(const reactor_buf &) = delete;
    reactor_buf &operator=(const reactor_buf &) = delete;

    int length() const { return _buf == NULL ? 0 : _buf->length; }
    void pop(int len);      // the first len bytes have been dealt with
    void clear();

    // Makes room for at least that many more bytes; -1 if there is no such memory.
    int reserve(int room);

protected:
    io_buf *_buf;
};

class input_buf : public reactor_buf {
public:
    // Reads once, as much as fits. The number of bytes, 0 when the peer has closed,
    // -1 with errno set on error (EAGAIN: nothing there now).
    int read_data(int fd);

    // The first waiting byte; NULL when length() is 0.
    const char *data() const { return _buf == NULL ? NULL : _buf->data + _buf->head; }
    void adjust();          // what waits moves to the front, so that more fits behind it

    // Puts byte at data()[pos] and returns what was there. pos may be length(): read_data
    // leaves that place free.
    char swap_byte(int pos, char byte);
};

class output_buf : public reactor_buf {
public:
    // Keeps datalen bytes for later. All of them, or -1 and none.
    int send_data(const char *data, int datalen);

    // Sends what the socket takes now, and forgets it. The number of bytes, or -1 on error.
    int write2fd(int fd);
};
