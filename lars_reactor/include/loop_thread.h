// An event_loop with a thread of its own.
#pragma once

#include <thread>

#include "event_loop.h"

namespace lars {

class loop_thread {
public:
    explicit loop_thread(const log_sink &log) : _loop(log) {}
    // As stop().
    ~loop_thread() { stop(); }

    // What lives in the loop is set up before start() and taken apart after
    // stop(), both in one thread.
    event_loop *loop() { return &_loop; }

    // Returns when the loop runs; an error if it cannot.
    status start();
    // Ends the loop and waits for the thread; not from that thread.
    void stop();

private:
    event_loop _loop;
    std::thread _thread;
};

}  // namespace lars
