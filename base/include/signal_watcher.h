// Turns SIGTERM, SIGINT and SIGHUP into callbacks in a loop.
#pragma once

#include <functional>

#include "event_loop.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

// Loop thread only. Call start() before any thread is started, so that no other
// thread takes the signals.
class signal_watcher {
public:
    // LOOP outlives this. Each SIGTERM and SIGINT calls ON_STOP, each SIGHUP calls
    // ON_RELOAD, in the loop's thread.
    signal_watcher(event_loop *loop, std::function<void()> on_stop,
                   std::function<void()> on_reload);
    // Ends the callbacks. The signals stay blocked.
    ~signal_watcher();

    // Begins to watch, and has SIGPIPE ignored. An error if there is no fd left.
    status start();

private:
    void on_signal();

    event_loop *_loop;
    std::function<void()> _on_stop;
    std::function<void()> _on_reload;
    unique_fd _fd;
};

}  // namespace lars
