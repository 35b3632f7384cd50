// Serves frames on a UDP port, one frame a datagram. Callbacks get this object as
// their net_connection; what they send with it goes to the sender of the message that
// is being handled. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>

#include "ip_ranges.h"
#include "log.h"
#include "net_connection.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class datagram_socket;
class msg_router;

class udp_server final : public net_connection {
public:
    // LOOP outlives the server.
    explicit udp_server(event_loop *loop);
    ~udp_server() override;

    // Before start(). CALLBACK gets the messages with that id. An error if MSGID has a
    // callback. Where a callback throws, datagrams that came together with its own may be
    // lost; see event_loop.h.
    status add_msg_router(int msgid, msg_callback callback);
    // Before start(). What comes from elsewhere is dropped unread. Empty, as it is at
    // first: all are welcome.
    void set_allowed(const ip_ranges &addresses);
    // Takes the port (0: any free one). With the address 0.0.0.0 an answer comes from the
    // address of this machine that was asked. The error names the address; a server that
    // has a port keeps it, and that is an error too.
    status bind(const endpoint &address);
    // Instead of bind(): SOCKET is a UDP socket that is bound already, and is the server's from
    // now on.
    status adopt(unique_fd socket);
    // After bind(). Begins to receive. An error if it receives already.
    status start();
    // Closes the socket; what was sent before has left. May be called in a callback.
    // Afterwards, also in the same callback, bind() and start() begin anew.
    void stop();
    // The address that bind() took, with the port in use.
    endpoint address() const;
    // The socket, which stays the server's. -1 before bind().
    int fd() const;

    // In a callback only, elsewhere the result is closed: answers the sender of the
    // message that is being handled. What the kernel does not take is dropped, and the
    // result is ok all the same.
    send_result send_message(const char *data, size_t len, int msgid) override;
    // Does nothing: a sender has no connection that could be closed.
    void close() override {}
    endpoint peer() const override;
    event_loop *loop() const override { return _loop; }

    // For tests and operators. How many datagrams were dropped because their address is
    // not allowed, and because they are no frame; how many messages had an id without a
    // callback; and how many answers the kernel did not take.
    uint64_t not_allowed() const;
    uint64_t malformed() const;
    uint64_t unknown_messages() const { return _unknown; }
    uint64_t unsent() const;

private:
    // What belongs to the message that is being handled.
    struct sender;

    void handle_datagram(const char *data, uint32_t len, int msgid, const sender &from);

    event_loop *_loop;
    std::unique_ptr<datagram_socket> _socket;
    std::unique_ptr<msg_router> _router;
    std::unique_ptr<sender> _sender;
    bool _has_sender = false;
    uint64_t _unknown = 0;
    log_limiter _unknown_limiter;
};

}  // namespace lars
