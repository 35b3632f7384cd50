// Makes sockets: non-blocking, closed on exec. Any thread.
#pragma once

#include <chrono>

#include "endpoint.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

// TYPE: SOCK_STREAM or SOCK_DGRAM. Bound to ADDRESS, not listening. The error
// names the address.
status bind_socket(int type, const endpoint &address, unique_fd *out);

// The address that FD is bound to; 0.0.0.0:0 where FD has none.
endpoint local_address(int fd);

// The address at the other end of FD; 0.0.0.0:0 where FD is not connected.
endpoint peer_address(int fd);

// For a connected TCP socket: sends at once, and notices within a minute a peer whose
// machine is gone while nothing is under way. SEND_TIMEOUT: as in tcp_server_options.
void tune_stream(int fd, std::chrono::milliseconds send_timeout);

}  // namespace lars
