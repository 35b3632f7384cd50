// Waits for many fds at once and calls back those that are ready.
// Everything here but add_task() belongs to the thread that runs event_process().
#pragma once

#include <sys/epoll.h>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "event_base.h"

typedef std::unordered_set<int> listen_fd_set;

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

    // All fds that are watched; some of them are the library's own.
    void get_listen_fds(listen_fd_set &fds);

    // Any thread: has the loop's thread call func(loop, args) at the end of its round. A
    // task that is added by a task runs in the next round.
    void add_task(task_func func, void *args);
    void execute_ready_tasks();

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

    int _task_fd;   // an eventfd: wakes the loop for a task
    std::mutex _task_mutex;
    std::vector<std::pair<task_func, void *>> _ready_tasks;   // guarded by _task_mutex
};
