// UDP sockets that outlive a restart of the program: the service manager keeps copies of them,
// and the next start gets those, so that what comes meanwhile waits in them. It is systemd's
// way (FileDescriptorStoreMax= of a unit; sd_notify(3), sd_listen_fds(3)); with another
// manager, and without one, nothing is kept and nothing inherited. One thread.
#pragma once

#include <string>
#include <vector>

#include "endpoint.h"
#include "unique_fd.h"

namespace lars {

class inherited_sockets {
public:
    // Takes those that this process was started with (LISTEN_PID and LISTEN_FDS), and hides
    // them from what it starts. To be called once, before there are other threads.
    static inherited_sockets take();

    // The one that is bound to ADDRESS, which is the caller's from now on. Not valid if there
    // is none.
    unique_fd find(const endpoint &address);
    // Closes those that nobody has found, and has no copies of them kept any more.
    void drop_others();

private:
    std::vector<unique_fd> _sockets;
};

// Has the manager (NOTIFY_SOCKET) keep a copy of SOCKET, which is bound to ADDRESS and stays the
// caller's, for the next start. That there is none, or one that keeps nothing, is no error.
void keep_for_next_start(int socket, const endpoint &address);

}  // namespace lars
