#include "event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static const int MAX_EVENTS = 64;

static void task_callback(event_loop *, int fd, void *)
{
    eventfd_t count;
    eventfd_read(fd, &count);   // it has woken the loop; the tasks run at the end of the round
}

event_loop::event_loop() : _generation(0)
{
    _epfd = epoll_create1(EPOLL_CLOEXEC);
    if (_epfd == -1) {
        fprintf(stderr, "event_loop: epoll_create1: %s\n", strerror(errno));
        exit(1);
    }
    _task_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (_task_fd == -1 || add_io_event(_task_fd, task_callback, EPOLLIN) == -1) {
        fprintf(stderr, "event_loop: eventfd: %s\n", strerror(errno));
        exit(1);
    }
}

event_loop::~event_loop()
{
    close(_task_fd);
    close(_epfd);
}

void event_loop::event_process()
{
    epoll_event fired[MAX_EVENTS];
    while (true) {
        int n = epoll_wait(_epfd, fired, MAX_EVENTS, -1);
        if (n == -1 && errno != EINTR) {
            fprintf(stderr, "event_loop: epoll_wait: %s\n", strerror(errno));
            return;
        }
        for (int i = 0; i < n; i++) {
            dispatch(fired[i]);
        }
        execute_ready_tasks();
        std::vector<std::shared_ptr<void>> dead;
        dead.swap(_dead);
    }
}

void event_loop::dispatch(const epoll_event &fired)
{
    int fd = static_cast<int>(fired.data.u64 & 0xffffffff);
    uint32_t generation = static_cast<uint32_t>(fired.data.u64 >> 32);
    int events = static_cast<int>(fired.events);
    if (events & (EPOLLERR | EPOLLHUP)) {
        events |= EPOLLIN | EPOLLOUT;   // reading or writing will tell what happened
    }

    io_event *ev = find(fd, generation);
    if (ev != NULL && (ev->mask & events & EPOLLIN)) {
        ev->read_callback(this, fd, ev->rcb_args);
    }
    ev = find(fd, generation);          // the callback may have ended it
    if (ev != NULL && (ev->mask & events & EPOLLOUT)) {
        ev->write_callback(this, fd, ev->wcb_args);
    }
}

// What was registered for fd, if it is still the same: an earlier callback of this round
// may have closed fd, and a new connection may have got its number.
io_event *event_loop::find(int fd, uint32_t generation)
{
    auto it = _io_evs.find(fd);
    if (it == _io_evs.end() || it->second.generation != generation) {
        return NULL;
    }
    return &it->second;
}

int event_loop::add_io_event(int fd, io_callback *proc, int mask, void *args)
{
    int op = EPOLL_CTL_MOD;
    io_event ev;
    auto it = _io_evs.find(fd);
    if (it != _io_evs.end()) {
        ev = it->second;
    } else {
        op = EPOLL_CTL_ADD;
        ev.generation = ++_generation;
    }

    ev.mask |= mask;
    if (mask & EPOLLIN) {
        ev.read_callback = proc;
        ev.rcb_args = args;
    }
    if (mask & EPOLLOUT) {
        ev.write_callback = proc;
        ev.wcb_args = args;
    }

    epoll_event wanted;
    wanted.events = ev.mask;
    wanted.data.u64 = static_cast<uint64_t>(ev.generation) << 32 | static_cast<uint32_t>(fd);
    if (epoll_ctl(_epfd, op, fd, &wanted) == -1) {
        fprintf(stderr, "event_loop: fd %d: %s\n", fd, strerror(errno));
        return -1;
    }
    _io_evs[fd] = ev;
    return 0;
}

void event_loop::del_io_event(int fd)
{
    if (_io_evs.erase(fd) > 0) {
        epoll_ctl(_epfd, EPOLL_CTL_DEL, fd, NULL);
    }
}

void event_loop::del_io_event(int fd, int mask)
{
    auto it = _io_evs.find(fd);
    if (it == _io_evs.end()) {
        return;
    }
    io_event &ev = it->second;
    ev.mask &= ~mask;
    if (ev.mask == 0) {
        del_io_event(fd);
        return;
    }
    epoll_event wanted;
    wanted.events = ev.mask;
    wanted.data.u64 = static_cast<uint64_t>(ev.generation) << 32 | static_cast<uint32_t>(fd);
    epoll_ctl(_epfd, EPOLL_CTL_MOD, fd, &wanted);
}

void event_loop::get_listen_fds(listen_fd_set &fds)
{
    fds.clear();
    for (const auto &ev : _io_evs) {
        fds.insert(ev.first);
    }
}

void event_loop::add_task(task_func func, void *args)
{
    std::lock_guard<std::mutex> lock(_task_mutex);
    _ready_tasks.push_back({func, args});
    eventfd_write(_task_fd, 1);
}

void event_loop::execute_ready_tasks()
{
    std::vector<std::pair<task_func, void *>> tasks;
    {
        std::lock_guard<std::mutex> lock(_task_mutex);
        tasks.swap(_ready_tasks);
    }
    for (const auto &task : tasks) {
        task.first(this, task.second);
    }
}
