#include "poller.h"

namespace lars {

static epoll_event to_epoll(uint32_t mask, uint64_t tag)
{
    epoll_event event{};
    event.events = (mask & poller::READ ? EPOLLIN : 0u) | (mask & poller::WRITE ? EPOLLOUT : 0u) |
                   (mask & poller::EDGE ? EPOLLET : 0u);
    event.data.u64 = tag;
    return event;
}

status poller::open()
{
    _epoll.reset(epoll_create1(EPOLL_CLOEXEC));
    return _epoll.valid() ? status() : status::from_errno("epoll_create1");
}

status poller::add(int fd, uint32_t mask, uint64_t tag)
{
    epoll_event event = to_epoll(mask, tag);
    if (epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0)
        return status::from_errno("epoll_ctl add");
    return {};
}

status poller::change(int fd, uint32_t mask, uint64_t tag)
{
    epoll_event event = to_epoll(mask, tag);
    if (epoll_ctl(_epoll.get(), EPOLL_CTL_MOD, fd, &event) < 0)
        return status::from_errno("epoll_ctl mod");
    return {};
}

void poller::remove(int fd)
{
    epoll_ctl(_epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
}

int poller::wait(limit how_long)
{
    return epoll_wait(_epoll.get(), _ready.data(), _ready.size(), how_long);
}

poller::ready_fd poller::ready(int index) const
{
    const epoll_event &event = _ready[static_cast<size_t>(index)];
    const uint32_t mask = (event.events & EPOLLIN ? READ : 0u) |
                          (event.events & EPOLLOUT ? WRITE : 0u) |
                          (event.events & (EPOLLERR | EPOLLHUP) ? FAILED : 0u);
    return {event.data.u64, mask};
}

}  // namespace lars
