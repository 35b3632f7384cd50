#include "reactor_buf.h"

#include "buf_pool.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

reactor_buf::~reactor_buf()
{
    clear();
}

void reactor_buf::pop(int len)
{
    if (_buf == nullptr) {
        return;
    }
    _buf->pop(len);
    if (_buf->length == 0) {
        clear();
    }
}

void reactor_buf::clear()
{
    if (_buf != nullptr) {
        buf_pool::instance()->revert(_buf);
        _buf = nullptr;
    }
}

int reactor_buf::reserve(int room)
{
    if (room < 0 || room > m8M - length()) {
        return -1;
    }
    if (_buf != nullptr && room <= _buf->capacity - _buf->head - _buf->length) {
        return 0;
    }
    if (_buf != nullptr && room <= _buf->capacity - _buf->length) {
        _buf->adjust();
        return 0;
    }
    io_buf *larger = buf_pool::instance()->alloc_buf(length() + room);
    if (larger == nullptr) {
        return -1;
    }
    if (_buf != nullptr) {
        larger->copy(_buf);
        buf_pool::instance()->revert(_buf);
    }
    _buf = larger;
    return 0;
}

int input_buf::read_data(int fd)
{
    if (reserve(1) == -1) {
        errno = ENOBUFS;
        return -1;
    }
    char *end = _buf->data + _buf->head + _buf->length;
    size_t room = _buf->capacity - _buf->head - _buf->length;
    ssize_t n;
    do {
        n = read(fd, end, room);
    } while (n == -1 && errno == EINTR);
    if (n > 0) {
        _buf->length += n;
    } else if (_buf->length == 0) {
        clear();   // only pointers: errno stays
    }
    return n;
}

const char *input_buf::data() const
{
    return length() == 0 ? nullptr : _buf->data + _buf->head;
}

void input_buf::adjust()
{
    if (_buf != nullptr) {
        _buf->adjust();
    }
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
    int sent = 0;
    while (length() > 0) {
        ssize_t n = send(fd, _buf->data + _buf->head, _buf->length, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1 && errno == EAGAIN) {
            break;
        }
        if (n == -1) {
            return -1;
        }
        sent += n;
        pop(n);
    }
    return sent;
}
