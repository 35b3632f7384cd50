// Sends messages to one server, one in each datagram, and receives its answers.
#pragma once

#include "udp_socket.h"

class udp_client : public udp_socket {
public:
    // Takes that server for its own; when that fails says why and ends the process.
    udp_client(event_loop *loop, const char *ip, uint16_t port);
};
