// Receives datagrams, one message in each. send_message answers whoever sent the message that
// the callback was called for.
#pragma once

#include "udp_socket.h"

class udp_server : public udp_socket {
public:
    // Binds; when that fails says why and ends the process.
    udp_server(event_loop *loop, const char *ip, uint16_t port);
};
