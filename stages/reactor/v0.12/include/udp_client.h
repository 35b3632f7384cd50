// Sends messages to one server, one in each datagram, and receives its answers.
// Used in the loop's thread only.
#pragma once

#include <cstdint>

#include "event_loop.h"
#include "message.h"
#include "net_connection.h"

class udp_client : public net_connection {
public:
    // Takes that server for its own; when that fails says why and ends the process.
    udp_client(event_loop *loop, const char *ip, uint16_t port);
    ~udp_client();
    udp_client(const udp_client &) = delete;
    udp_client &operator=(const udp_client &) = delete;

    // Calls msg_cb for each message with this msgid. -1 if the msgid is taken.
    int add_msg_router(int msgid, msg_callback *msg_cb, void *user_data = NULL)
    {
        return _router.register_msg_router(msgid, msg_cb, user_data);
    }

    // Sends one message; it may get lost on its way. How many bytes were sent, the header
    // among them; -1 if it is too long, or the system does not take it now: a datagram does
    // not wait.
    int send_message(const char *data, int msglen, int msgid) override;
    int get_fd() override { return _sockfd; }

    void do_read();   // the loop says that something came

    // How many datagrams were no message: shorter than a header, or of another length than
    // the header says.
    uint64_t dropped() const { return _dropped; }

private:
    event_loop *_loop;
    int _sockfd;
    uint64_t _dropped;
    msg_router _router;
    char _read_buf[65536];
    char _write_buf[65536];
};
