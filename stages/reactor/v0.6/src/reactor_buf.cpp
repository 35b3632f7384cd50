#include "reactor_buf.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>

#include "buf_pool.h"

void reactor_buf::pop(int len)
{
    assert(len >= 0 && len <= length());
    if (len == length()) {
        clear();
    } else {
        _buf->pop(len);
    }
}

void reactor_buf::clear()
{
    buf_pool::instance()->revert(_buf);
    _buf = NULL;
}

int reactor_buf::reserve(int room)
{
    if (room < 0 || room > m8M) {
        return -1;
    }
    if (_buf != NULL && _buf->capacity - _buf->length >= room) {
        if (_buf->capacity - _buf->head - _buf->length < room) {
            _buf->adjust();
        }
        return 0;
    }
    io_buf *larger = buf_pool::instance()->alloc_buf(length() + room);
    if (larger == NULL) {
        return -1;
    }
    if (_buf != NULL) {
        larger->copy(_buf);
        clear();
    }
    _buf = larger;
    return 0;
}

int input_buf::read_data(int fd)
{
    // One place more than is read: a NUL goes behind the last body.
    if (reserve(2) == -1) {
        errno = ENOMEM;
        return -1;
    }
    char *end = _buf->data + _buf->head + _buf->length;
    int room = _buf->capacity - _buf->head - _buf->length - 1;

    ssize_t n;
    do {
        n = read(fd, end, room);
    } while (n == -1 && errno == EINTR);

    if (n > 0) {
        _buf->length += n;
    } else if (length() == 0) {
        clear();   // leaves errno alone, as free() does
    }
    return n;
}

void input_buf::adjust()
{
    if (_buf != NULL) {
        _buf->adjust();
    }
}

char input_buf::swap_byte(int pos, char byte)
{
    assert(pos >= 0 && pos <= length());
    char *place = _buf->data + _buf->head + pos;
    char old = pos < length() ? *place : '\0';
    *place = byte;
    return old;
}

int output_buf::send_data(const char *data, int datalen)
{
    if (reserve(datalen) == -1) {
        return -1;
    }
    memcpy(_buf->data + _buf->head + _buf->length, data, datalen);
    _buf->length += datalen;
    return 0;
}

int output_buf::write2fd(int fd)
{
    int total = 0;
    while (length() > 0) {
        ssize_t n = send(fd, _buf->data + _buf->head, _buf->length, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1 && errno == EAGAIN) {
            break;   // the socket is full: the rest stays
        }
        if (n == -1) {
            return -1;
        }
        pop(n);
        total += n;
    }
    return total;
}
