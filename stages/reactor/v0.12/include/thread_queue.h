// Carries messages to a thread that runs a loop. An eventfd wakes the loop, so that waiting
// for messages and waiting for sockets are the same wait.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <queue>

#include "event_loop.h"

template <typename T>
class thread_queue {
public:
    thread_queue() : _loop(NULL)
    {
        _evfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (_evfd == -1) {
            fprintf(stderr, "thread_queue: eventfd: %s\n", strerror(errno));
            exit(1);
        }
    }

    ~thread_queue() { close(_evfd); }
    thread_queue(const thread_queue &) = delete;
    thread_queue &operator=(const thread_queue &) = delete;

    // Any thread.
    void send(const T &msg)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _queue.push(msg);
        eventfd_write(_evfd, 1);
    }

    // Takes everything there is; new_queue should be empty. Called by the callback.
    void recv(std::queue<T> &new_queue)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        eventfd_t count;
        eventfd_read(_evfd, &count);
        std::swap(new_queue, _queue);
    }

    // The loop of the thread that receives, and what it calls when a message has come.
    // Both are set before that loop runs.
    void set_loop(event_loop *loop) { _loop = loop; }
    void set_callback(io_callback *cb, void *args = NULL)
    {
        if (_loop != NULL) {
            _loop->add_io_event(_evfd, cb, EPOLLIN, args);
        }
    }
    event_loop *get_loop() { return _loop; }

private:
    int _evfd;
    event_loop *_loop;
    std::mutex _mutex;
    std::queue<T> _queue;   // guarded by _mutex
};
