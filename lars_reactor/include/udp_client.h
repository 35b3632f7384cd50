// Exchanges frames with one UDP server. Loop thread only.
#pragma once

#include "datagram_socket.h"
#include "msg_router.h"

namespace lars {

class udp_client final : public net_connection, private datagram_socket::handler {
public:
    // LOOP outlives this.
    udp_client(event_loop *loop, const endpoint &server);

    // Before start().
    status add_msg_router(int msgid, msg_callback callback);
    status start();

    send_result send_message(const char *data, size_t len, int msgid) override;
    void close() override { _socket.stop(); }
    endpoint peer() const override { return _server; }
    event_loop *loop() const override { return _loop; }

    uint64_t malformed() const { return _socket.malformed(); }
    uint64_t unsent() const { return _socket.unsent(); }

private:
    void handle_datagram(const char *data, uint32_t len, int msgid,
                         const sockaddr_in &from) override;

    event_loop *_loop;
    endpoint _server;
    datagram_socket _socket;
    msg_router _router;
};

}  // namespace lars
