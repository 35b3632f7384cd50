// Receives datagrams, one message in each, and can answer each of them.
// Used in the loop's thread only.
#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "event_loop.h"
#include "message.h"
#include "net_connection.h"

class udp_server : public net_connection {
public:
    // Binds; when that fails says why and ends the process.
    udp_server(event_loop *loop, const char *ip, uint16_t port);
    ~udp_server();
    udp_server(const udp_server &) = delete;
    udp_server &operator=(const udp_server &) = delete;

    // Calls msg_cb for each message with this msgid. -1 if the msgid is taken.
    int add_msg_router(int msgid, msg_callback *msg_cb, void *user_data = NULL)
    {
        return _router.register_msg_router(msgid, msg_cb, user_data);
    }

    // Answers whoever sent the message that the callback was called for. How many bytes were
    // sent, the header among them; -1 if it is too long, or the system does not take it now: a
    // datagram does not wait.
    int send_message(const char *data, int msglen, int msgid) override;

    void do_read();   // the loop says that something came

    // How many datagrams were no message: shorter than a header, or of another length than
    // the header says.
    uint64_t dropped() const { return _dropped; }

private:
    event_loop *_loop;
    int _sockfd;
    sockaddr_in _sender;      // of the datagram that is being dealt with
    uint64_t _dropped;
    msg_router _router;
    char _read_buf[65536];
    char _write_buf[65536];
};
