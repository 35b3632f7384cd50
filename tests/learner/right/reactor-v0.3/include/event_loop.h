#pragma once

#include "event_base.h"

#include <cstdint>
#include <sys/epoll.h>
#include <unordered_map>
#include <vector>

class event_loop {
public:
    event_loop();
    ~event_loop();
    event_loop(const event_loop &) = delete;
    event_loop &operator=(const event_loop &) = delete;

    void event_process();
    int add_io_event(int fd, io_callback *proc, int mask, void *args = nullptr);
    void del_io_event(int fd);
    void del_io_event(int fd, int mask);

    // object lives to the end of this round: it may be on the stack
    template <class T>
    void delete_later(T *object)
    {
        _dead.push_back({object, [](void *p) { delete static_cast<T *>(p); }});
    }

private:
    struct watched {
        io_event event;
        uint32_t generation;
    };
    struct dead_object {
        void *object;
        void (*destroy)(void *);
    };

    watched *find(uint64_t key);
    int control(int op, int fd, int mask, uint32_t generation);
    void dispatch(const epoll_event &fired);
    void bury();

    int _epfd;
    uint32_t _generation = 0;
    std::unordered_map<int, watched> _watched;
    std::vector<dead_object> _dead;
};
