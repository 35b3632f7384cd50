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
    // LOOP outlives this. SIGTERM and SIGINT call ON_STOP, SIGHUP calls ON_RELOAD.
    signal_watcher(event_loop *loop, std::function<void()> on_stop,
                   std::function<void()> on_reload);
    ~signal_watcher();

    status start();

private:
    void on_signal();

    event_loop *_loop;
    std::function<void()> _on_stop;
    std::function<void()> _on_reload;
    unique_fd _fd;
};

}  // namespace lars
