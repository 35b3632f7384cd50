// An event_loop with a thread of its own. start() and stop() are called in one thread,
// the owner's.
#pragma once

#include <thread>

#include "event_loop.h"

namespace lars {

class loop_thread {
public:
    // LOG is where the loop, and what lives in it, writes log lines.
    explicit loop_thread(const log_sink &log) : _loop(log) {}
    // As stop().
    ~loop_thread() { stop(); }

    // The loop, which stays this object's. What lives in the loop is set up before
    // start() and taken apart after stop().
    event_loop *loop() { return &_loop; }

    // Starts the thread, and returns when the loop runs in it. An error if there can be
    // no thread, if the loop cannot run, or if it was started already; a thread that
    // runs is left alone, and no other is left behind. May be called again after an
    // error, and after stop().
    status start();
    // Ends the loop and waits for the thread to end. Not to be called in that thread.
    // Does nothing where none was started.
    void stop();

private:
    event_loop _loop;
    std::thread _thread;
};

}  // namespace lars
