// Waits for many fds at once and calls back those that are ready.
// Everything here belongs to the thread that runs event_process().
#pragma once

#include <sys/epoll.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "event_base.h"

class event_loop {
public:
    event_loop();
    ~event_loop();
    event_loop(const event_loop &) = delete;
    event_loop &operator=(const event_loop &) = delete;

    // Waits and calls back, for ever.
    void event_process();

    // Calls proc(loop, fd, args) each time fd can be read (mask EPOLLIN) or written
    // (EPOLLOUT). 0, or -1 when the system does not watch this fd.
    int add_io_event(int fd, io_callback *proc, int mask, void *args = NULL);

    // Forgets fd, or only the events in mask. To be called before fd is closed.
    void del_io_event(int fd);
    void del_io_event(int fd, int mask);

    // Deletes object at the end of this round, when no callback can be inside it any more.
    template <typename T>
    void delete_later(T *object)
    {
        _dead.emplace_back(object);
    }

private:
    void dispatch(const epoll_event &fired);
    io_event *find(int fd, uint32_t generation);

    int _epfd;
    uint32_t _generation;
    std::unordered_map<int, io_event> _io_evs;
    std::vector<std::shared_ptr<void>> _dead;
};
