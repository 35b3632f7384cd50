#pragma once

class event_loop;
typedef void io_callback(event_loop *loop, int fd, void *args);

struct io_event {
    int mask = 0;
    io_callback *read_callback = nullptr;
    io_callback *write_callback = nullptr;
    void *rcb_args = nullptr;
    void *wcb_args = nullptr;
};
