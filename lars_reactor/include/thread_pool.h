// Some threads, each running an event_loop of its own.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "event_loop.h"

namespace lars {

class thread_pool {
public:
    thread_pool() = default;
    // Stops the loops and waits for the threads; not from one of them.
    ~thread_pool();
    thread_pool(const thread_pool &) = delete;
    thread_pool &operator=(const thread_pool &) = delete;

    // Returns when all THREADS loops run. After an error none does.
    status start(int threads, const log_sink &log);

    // Waits for the threads to end. The loops stay, so that what lives in them
    // can be taken apart.
    void stop();

    // The loops stay the pool's.
    size_t size() const { return _workers.size(); }
    event_loop *loop(size_t index) const { return _workers[index]->loop.get(); }
    // The loops in turn. One thread.
    event_loop *get_thread() { return loop(_next++ % size()); }

private:
    struct worker {
        std::unique_ptr<event_loop> loop;
        std::thread thread;
    };
    std::vector<std::unique_ptr<worker>> _workers;
    size_t _next = 0;
};

}  // namespace lars
