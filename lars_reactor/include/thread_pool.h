// Some threads, each running an event_loop of its own.
#pragma once

#include <memory>
#include <vector>

#include "loop_thread.h"

namespace lars {

class thread_pool {
public:
    // Returns when all THREADS loops run. After an error none does.
    status start(int threads, const log_sink &log);

    // Waits for the threads to end; not from one of them. The loops stay, so that
    // what lives in them can be taken apart.
    void stop();

    size_t size() const { return _threads.size(); }
    // The loop stays the pool's.
    event_loop *loop(size_t index) const { return _threads[index]->loop(); }

private:
    std::vector<std::unique_ptr<loop_thread>> _threads;
};

}  // namespace lars
