// What udp_server and udp_client have in common: messages, one in each datagram.
// Used in the loop's thread only.
#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "event_loop.h"
#include "message.h"
#include "net_connection.h"

class udp_socket : public net_connection {
public:
    ~udp_socket();
    udp_socket(const udp_socket &) = delete;
    udp_socket &operator=(const udp_socket &) = delete;

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

protected:
    // Makes the socket, gives it to prepare (bind or connect) with the address, and has the
    // loop watch it. When that fails says why and ends the process.
    typedef int prepare_func(int fd, const sockaddr *addr, socklen_t len);
    udp_socket(const char *name, prepare_func *prepare, event_loop *loop, const char *ip, uint16_t port);

    sockaddr_in _peer;        // who gets what is sent: whoever sent the last datagram

private:
    event_loop *_loop;
    int _sockfd;
    uint64_t _dropped;
    msg_router _router;
    char _read_buf[65536];
    char _write_buf[65536];
};
