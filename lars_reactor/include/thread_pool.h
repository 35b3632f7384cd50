// Some threads, each of which runs an event_loop of its own. All calls come from one
// thread, the owner's.
#pragma once

#include <memory>
#include <vector>

#include "loop_thread.h"

namespace lars {

class thread_pool {
public:
    // Starts THREADS threads, 0 or more, and returns when all their loops run. LOG is
    // where they write log lines. After an error none of them runs, and start() may be
    // called again. A pool that was started already, also one that has been stopped, is
    // left as it is, and that is an error.
    status start(int threads, const log_sink &log);

    // Ends the loops and waits for the threads to end. Not to be called in one of them.
    // The loops themselves stay as long as the pool, so that what lives in them can be
    // taken apart.
    void stop();

    // How many threads were started.
    size_t size() const { return _threads.size(); }
    // The loop of one thread; INDEX is less than size(). It stays the pool's.
    event_loop *loop(size_t index) const { return _threads[index]->loop(); }

private:
    std::vector<std::unique_ptr<loop_thread>> _threads;
    bool _started = false;
};

}  // namespace lars
