// What a message callback can do with the one who sent the message: a TCP connection,
// a TCP client, or a UDP server or client.
#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "endpoint.h"

namespace lars {

class event_loop;

enum class send_result {
    ok,        // handed to the kernel or queued
    too_long,  // larger than a frame may be (message.h); nothing was sent
    closed,    // there is no connection; nothing was sent
    overflow,  // the peer does not read what it is sent; the connection is being closed
};

class net_connection {
public:
    virtual ~net_connection() = default;

    // Loop thread. Sends one frame with LEN bytes of DATA as its body. What cannot be
    // sent at once is copied, so DATA is only needed until the call returns.
    virtual send_result send_message(const char *data, size_t len, int msgid) = 0;
    // Loop thread. The same, with a body that lies in two places, for an answer of which
    // a part is ready.
    virtual send_result send_joined(std::string_view first, std::string_view second, int msgid);

    // Loop thread. Ends the connection once the running callback has returned; what is
    // still queued is dropped. A udp_server ignores it, for it has no connections.
    virtual void close() = 0;

    // Loop thread. Receives and sends nothing more, and ends the connection once what is
    // queued has been sent and the peer has closed its end as well. For a last answer. A
    // peer that does not read, or does not close, keeps the connection: close() ends it
    // after all. UDP ignores it: there is nothing that waits to be sent.
    virtual void close_when_sent() {}

    // Any thread. The id of a server's connection: never 0, and never used for another
    // connection. 0 for a client and for UDP.
    virtual uint64_t id() const { return 0; }

    // Loop thread. The address of the other end. For a udp_server that is the sender
    // of the message that is being handled.
    virtual endpoint peer() const = 0;
    // Any thread. The loop in whose thread the callbacks run. It is not the caller's.
    virtual event_loop *loop() const = 0;

    // Loop thread. Whatever the program keeps with this object; the library never
    // looks at it. With a tcp_server every connection has one of its own, which ends
    // with it. A tcp_client, a udp_client and a udp_server have one each, for as long
    // as they live: a tcp_client keeps it over reconnects, and a udp_server is one
    // object for all its senders, so that what belongs to one sender must be kept
    // elsewhere, by peer().
    std::any param;
};

// Loop thread. Called with each message: DATA is its body, LEN bytes. DATA and CONN
// may be used until the callback returns.
using msg_callback =
    std::function<void(const char *data, uint32_t len, int msgid, net_connection &conn)>;
// Loop thread. Called when a connection begins or ends.
using conn_callback = std::function<void(net_connection &conn)>;

}  // namespace lars
