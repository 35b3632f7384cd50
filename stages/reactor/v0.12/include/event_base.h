// What the loop knows about one fd: which events are waited for, and whom to call.
#pragma once

#include <cstdint>
#include <cstddef>

class event_loop;

typedef void io_callback(event_loop *loop, int fd, void *args);
typedef void (*task_func)(event_loop *loop, void *args);

struct io_event {
    int mask = 0;                           // EPOLLIN, EPOLLOUT or both
    uint32_t generation = 0;                // tells this use of the fd's number from the next
    io_callback *read_callback = NULL;
    io_callback *write_callback = NULL;
    void *rcb_args = NULL;
    void *wcb_args = NULL;
};
