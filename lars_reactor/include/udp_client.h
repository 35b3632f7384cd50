// Exchanges frames with one UDP server, one frame a datagram. As with all UDP, any of
// them may be lost, and nobody is told. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>

#include "net_connection.h"
#include "status.h"

namespace lars {

class datagram_socket;
class msg_router;

class udp_client final : public net_connection {
public:
    // LOOP outlives the client.
    udp_client(event_loop *loop, const endpoint &server);
    ~udp_client() override;

    // Before start(). CALLBACK gets the messages with that id. An error if MSGID has a
    // callback.
    status add_msg_router(int msgid, msg_callback callback);
    // Opens the socket. Only what comes from the server is received. The error names the
    // address; a client that was started already stays as it is, and that is an error too.
    status start();

    // What the kernel does not take is dropped, and the result is ok all the same. The
    // result is closed before start() and after close().
    send_result send_message(const char *data, size_t len, int msgid) override;
    // Closes the socket. start() opens another. Both may be called in a callback.
    void close() override;
    endpoint peer() const override { return _server; }
    event_loop *loop() const override { return _loop; }

    // For tests and operators. How many datagrams were dropped because they are no
    // frame, and how many messages the kernel did not take.
    uint64_t malformed() const;
    uint64_t unsent() const;

private:
    event_loop *_loop;
    endpoint _server;
    std::unique_ptr<datagram_socket> _socket;
    std::unique_ptr<msg_router> _router;
};

}  // namespace lars
