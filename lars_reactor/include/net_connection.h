// What a message callback can do with the one who sent the message: a TCP
// connection, a TCP client, or the sender of a datagram.
#pragma once

#include <any>
#include <cstdint>

#include "endpoint.h"

namespace lars {

class event_loop;

enum class send_result {
    ok,        // handed to the kernel or queued
    too_long,  // larger than a frame may be; nothing was sent
    closed,    // there is no connection
    overflow,  // the peer does not read; the connection is being closed
};

class net_connection {
public:
    virtual ~net_connection() = default;

    // Loop thread. Sends one frame; DATA is copied where it cannot be sent at once.
    virtual send_result send_message(const char *data, size_t len, int msgid) = 0;

    // Loop thread. Ends the connection after the running callback; what is
    // queued is dropped. For a datagram's sender: nothing.
    virtual void close() = 0;

    // Never used for another connection; 0 where there is only one.
    virtual uint64_t id() const { return 0; }

    virtual endpoint peer() const = 0;
    virtual event_loop *loop() const = 0;

    // Loop thread. Whatever the application keeps for this connection.
    std::any param;
};

}  // namespace lars
