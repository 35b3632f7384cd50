// Sockets that a program was started with, bound already, as systemd does it for a unit with a
// .socket beside it (LISTEN_PID and LISTEN_FDS: sd_listen_fds(3)). They stay open while the
// program restarts, so that what comes meanwhile waits in them. One thread.
#pragma once

#include <vector>

#include "endpoint.h"
#include "unique_fd.h"

namespace lars {

class inherited_sockets {
public:
    // Takes those of this process, if there are any, and says so to nobody else: what it
    // starts has none. To be called once, before there are other threads.
    static inherited_sockets take();

    // The UDP socket that is bound to ADDRESS, which is the caller's from now on. Not valid if
    // there is none.
    unique_fd udp(const endpoint &address);
    // The addresses of the UDP sockets that nobody has asked for.
    std::vector<endpoint> unused_udp() const;

private:
    std::vector<unique_fd> _sockets;
};

}  // namespace lars
