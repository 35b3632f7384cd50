#include "faults.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace lars::test {

static std::atomic<int> accept_error{0};
static std::atomic<int> accept_count{0};
static thread_local send_fault::decision send_decision;
static thread_local size_t send_count = 0;
static thread_local bool self_connect = false;

accept_fault::accept_fault(int error, int count)
{
    accept_error = error;
    accept_count = count;
}

accept_fault::~accept_fault()
{
    accept_count = 0;
}

int accept_fault::left() const
{
    return accept_count;
}

send_fault::send_fault(decision take)
{
    send_decision = std::move(take);
}

send_fault::~send_fault()
{
    send_decision = nullptr;
}

size_t sends_of_this_thread()
{
    return send_count;
}

self_connect_fault::self_connect_fault()
{
    self_connect = true;
}

self_connect_fault::~self_connect_fault()
{
    self_connect = false;
}

// The function that this program would call without this file.
template <typename function>
static function *next(function *, const char *name)
{
    return reinterpret_cast<function *>(dlsym(RTLD_NEXT, name));
}

// SIZE bytes at the start of MESSAGE.
static ssize_t send_part(int fd, const msghdr &message, size_t size, int flags)
{
    iovec parts[64];
    msghdr part = message;
    part.msg_iov = parts;
    part.msg_iovlen = 0;
    for (size_t i = 0; i < message.msg_iovlen && size > 0; ++i) {
        parts[i] = message.msg_iov[i];
        parts[i].iov_len = parts[i].iov_len < size ? parts[i].iov_len : size;
        size -= parts[i].iov_len;
        ++part.msg_iovlen;
    }
    return next(&sendmsg, "sendmsg")(fd, &part, flags);
}

}  // namespace lars::test

using namespace lars::test;

extern "C" int accept4(int fd, sockaddr *address, socklen_t *size, int flags)
{
    int left = accept_count;
    while (left > 0) {
        if (accept_count.compare_exchange_weak(left, left - 1)) {
            errno = accept_error;
            return -1;
        }
    }
    return next(&accept4, "accept4")(fd, address, size, flags);
}

extern "C" ssize_t sendmsg(int fd, const msghdr *message, int flags)
{
    ++send_count;
    if (!send_decision)
        return next(&sendmsg, "sendmsg")(fd, message, flags);
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; ++i)
        size += message->msg_iov[i].iov_len;
    const size_t allowed = send_decision(size);
    if (allowed == 0) {
        errno = EAGAIN;
        return -1;
    }
    return send_part(fd, *message, allowed, flags);
}

extern "C" ssize_t send(int fd, const void *data, size_t size, int flags)
{
    iovec part = {const_cast<void *>(data), size};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    return sendmsg(fd, &message, flags);
}

extern "C" int connect(int fd, const sockaddr *address, socklen_t size)
{
    if (self_connect) {
        const int yes = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (bind(fd, address, size) < 0)
            return -1;
    }
    return next(&connect, "connect")(fd, address, size);
}
