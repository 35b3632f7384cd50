// Serves frames on a UDP port. Callbacks get the sender of the datagram as a
// net_connection; what they send goes back to that sender. Loop thread only.
#pragma once

#include "datagram_socket.h"
#include "msg_router.h"

namespace lars {

class udp_server final : public net_connection, private datagram_socket::handler {
public:
    // LOOP outlives this.
    explicit udp_server(event_loop *loop);

    // Before start().
    status add_msg_router(int msgid, msg_callback callback);
    // Takes the port (0: any free one). The error names the address.
    status bind(const endpoint &address) { return _socket.bind(address); }
    status start() { return _socket.start(); }
    void stop() { _socket.stop(); }
    endpoint address() const { return _socket.address(); }

    // Inside a callback only: answers the sender of the message being handled.
    send_result send_message(const char *data, size_t len, int msgid) override;
    void close() override {}
    endpoint peer() const override { return endpoint::from_sockaddr(_sender); }
    event_loop *loop() const override { return _loop; }

    // Datagrams dropped because they are no frame; because nobody wants their
    // message id; answers that the kernel did not take.
    uint64_t malformed() const { return _socket.malformed(); }
    uint64_t unknown_messages() const { return _unknown; }
    uint64_t unsent() const { return _socket.unsent(); }

private:
    void handle_datagram(const char *data, uint32_t len, int msgid,
                         const sockaddr_in &from) override;

    event_loop *_loop;
    datagram_socket _socket;
    msg_router _router;
    sockaddr_in _sender{};
    bool _has_sender = false;
    uint64_t _unknown = 0;
    log_limiter _unknown_limiter;
};

}  // namespace lars
