// Threads that each run a loop of their own, and a queue into each.
// There is no way to stop a loop, so they live as long as the process.
#pragma once

#include <vector>

#include "task_msg.h"
#include "thread_queue.h"

class thread_pool {
public:
    // Starts the threads; ends the process with a message if it cannot. None is allowed:
    // then main_loop, if given, does what is sent to every thread.
    explicit thread_pool(int thread_cnt, event_loop *main_loop = NULL);

    // The queue of the next thread, in turn; NULL when there are no threads. For one
    // thread: the one that accepts.
    thread_queue<task_msg> *get_thread();

    // Any thread: has every thread call func(its loop, args).
    void send_task(task_func func, void *args = NULL);

private:
    event_loop *_main_loop;
    std::vector<thread_queue<task_msg> *> _queues;
    size_t _next;
};
