#include "thread_pool.h"

#include <cstdio>
#include <cstdlib>
#include <queue>
#include <system_error>
#include <thread>

#include "tcp_conn.h"

namespace {

// What one thread has for itself.
struct worker {
    event_loop loop;
    thread_queue<task_msg> queue;
};

void deal_task(event_loop *loop, int, void *args)
{
    worker *self = static_cast<worker *>(args);
    std::queue<task_msg> tasks;
    self->queue.recv(tasks);
    for (; !tasks.empty(); tasks.pop()) {
        const task_msg &task = tasks.front();
        if (task.type == task_msg::NEW_CONN) {
            new tcp_conn(task.connfd, loop);   // ends itself when the client leaves
        } else if (task.type == task_msg::NEW_TASK) {
            loop->add_task(task.task_cb, task.args);
        }
    }
}

}  // namespace

thread_pool::thread_pool(int thread_cnt, event_loop *main_loop) : _main_loop(main_loop), _next(0)
{
    for (int i = 0; i < thread_cnt; i++) {
        worker *self = new worker;   // the thread's, which never ends
        self->queue.set_loop(&self->loop);
        self->queue.set_callback(deal_task, self);
        _queues.push_back(&self->queue);
        try {
            std::thread([self] { self->loop.event_process(); }).detach();
        } catch (const std::system_error &error) {
            fprintf(stderr, "thread_pool: thread %d: %s\n", i, error.what());
            exit(1);
        }
    }
}

thread_queue<task_msg> *thread_pool::get_thread()
{
    if (_queues.empty()) {
        return NULL;
    }
    thread_queue<task_msg> *queue = _queues[_next];
    _next = (_next + 1) % _queues.size();
    return queue;
}

void thread_pool::send_task(task_func func, void *args)
{
    task_msg task;
    task.type = task_msg::NEW_TASK;
    task.connfd = -1;
    task.task_cb = func;
    task.args = args;
    for (thread_queue<task_msg> *queue : _queues) {
        queue->send(task);
    }
    if (_queues.empty() && _main_loop != NULL) {
        _main_loop->add_task(func, args);
    }
}
