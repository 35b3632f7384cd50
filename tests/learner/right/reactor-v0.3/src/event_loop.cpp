#include "event_loop.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

static const int MAX_EVENTS = 64;

event_loop::event_loop() : _epfd(epoll_create1(EPOLL_CLOEXEC))
{
    if (_epfd == -1) {
        fprintf(stderr, "event_loop: epoll_create1: %s\n", strerror(errno));
        exit(1);
    }
}

event_loop::~event_loop()
{
    bury();
    close(_epfd);
}

void event_loop::bury()
{
    std::vector<dead_object> dead;
    dead.swap(_dead);
    for (const dead_object &d : dead) {
        d.destroy(d.object);
    }
}

void event_loop::event_process()
{
    epoll_event fired[MAX_EVENTS];
    while (true) {
        int n = epoll_wait(_epfd, fired, MAX_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            dispatch(fired[i]);
        }
        bury();
    }
}

event_loop::watched *event_loop::find(uint64_t key)
{
    auto it = _watched.find(static_cast<int>(static_cast<uint32_t>(key)));
    if (it == _watched.end() || it->second.generation != static_cast<uint32_t>(key >> 32)) {
        return nullptr;
    }
    return &it->second;
}

void event_loop::dispatch(const epoll_event &fired)
{
    const uint64_t key = fired.data.u64;
    const int fd = static_cast<int>(static_cast<uint32_t>(key));
    const uint32_t broken = EPOLLERR | EPOLLHUP;

    watched *w = find(key);
    if (w != nullptr && (w->event.mask & EPOLLIN) && (fired.events & (EPOLLIN | broken))) {
        w->event.read_callback(this, fd, w->event.rcb_args);
        w = find(key);   // the callback may have ended or changed it
    }
    if (w != nullptr && (w->event.mask & EPOLLOUT) && (fired.events & (EPOLLOUT | broken))) {
        w->event.write_callback(this, fd, w->event.wcb_args);
    }
}

int event_loop::control(int op, int fd, int mask, uint32_t generation)
{
    epoll_event wanted = {};
    wanted.events = mask;
    wanted.data.u64 = static_cast<uint64_t>(generation) << 32 | static_cast<uint32_t>(fd);
    return epoll_ctl(_epfd, op, fd, &wanted);
}

int event_loop::add_io_event(int fd, io_callback *proc, int mask, void *args)
{
    auto it = _watched.find(fd);
    if (it == _watched.end()) {
        if (control(EPOLL_CTL_ADD, fd, mask, _generation + 1) == -1) {
            return -1;
        }
        it = _watched.insert({fd, {io_event(), ++_generation}}).first;
    } else if (control(EPOLL_CTL_MOD, fd, it->second.event.mask | mask, it->second.generation) == -1) {
        return -1;
    }
    io_event &event = it->second.event;
    event.mask |= mask;
    if (mask & EPOLLIN) {
        event.read_callback = proc;
        event.rcb_args = args;
    }
    if (mask & EPOLLOUT) {
        event.write_callback = proc;
        event.wcb_args = args;
    }
    return 0;
}

void event_loop::del_io_event(int fd)
{
    if (_watched.erase(fd) != 0) {
        epoll_ctl(_epfd, EPOLL_CTL_DEL, fd, nullptr);
    }
}

void event_loop::del_io_event(int fd, int mask)
{
    auto it = _watched.find(fd);
    if (it == _watched.end()) {
        return;
    }
    it->second.event.mask &= ~mask;
    if (it->second.event.mask == 0) {
        del_io_event(fd);
    } else {
        control(EPOLL_CTL_MOD, fd, it->second.event.mask, it->second.generation);
    }
}
