// Listens on a TCP port and hands over each connection. Loop thread only.
//
// When the process is out of fds, waiting clients are turned away at once with
// the help of a spare fd; where even that fails, accepting rests for a moment.
#pragma once

#include <functional>

#include "event_loop.h"
#include "sockets.h"

namespace lars {

class acceptor {
public:
    using accept_callback = std::function<void(unique_fd fd, const endpoint &peer)>;

    // LOOP outlives this.
    acceptor(event_loop *loop, accept_callback on_accept);
    ~acceptor();

    // Takes the port (0: any free one), but refuses connections until listen(). An error
    // if it has one.
    status bind(const endpoint &address);
    // An error before bind(), and where it listens already.
    status listen();
    // Gives the port back. bind() may take another.
    void stop();

    endpoint address() const { return local_address(_fd.get()); }

private:
    void accept_all();
    bool turn_one_away();
    void rest();

    event_loop *_loop;
    accept_callback _on_accept;
    unique_fd _fd;
    unique_fd _spare;
    bool _out_of_fds = false;
    bool _told = false;  // the log says that fds are out, but not yet that they are back
    log_limiter _limiter;
    uint64_t _turned_away = 0;  // connections, because no fd was left
    event_loop::timer_id _resume = 0;
};

}  // namespace lars
