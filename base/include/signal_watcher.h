// Turns signals into callbacks in a loop.
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
    // Each is called in the loop's thread, once for each signal.
    struct callbacks {
        // SIGTERM and SIGINT. Also SIGHUP where it means that the terminal is closed which
        // this process was started from, unless it was told to ignore that (nohup).
        std::function<void()> stop;
        std::function<void()> reload;  // any other SIGHUP
        std::function<void()> reopen;  // SIGUSR1
    };

    // LOOP outlives this.
    signal_watcher(event_loop *loop, callbacks call);
    // Ends the callbacks. The signals stay blocked.
    ~signal_watcher();

    // Begins to watch. Has SIGPIPE and SIGXFSZ ignored, so that a write fails with an
    // error, and SIGTTOU, so that it succeeds. An error if there is no fd left.
    status start();

private:
    void on_signal();
    bool terminal_is_gone(int signal_code) const;

    event_loop *_loop;
    callbacks _call;
    bool _ends_with_terminal = false;
    unique_fd _fd;
};

}  // namespace lars
