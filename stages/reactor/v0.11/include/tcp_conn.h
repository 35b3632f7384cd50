// One client's connection, as the server sees it. Made with new; it ends itself in
// clean_conn(), and its loop deletes it. Used in the loop's thread only.
#pragma once

#include "event_loop.h"
#include "message.h"
#include "net_connection.h"
#include "reactor_buf.h"

class tcp_conn : public net_connection {
public:
    // Takes over connfd, which must be non-blocking, and has it watched by the loop.
    tcp_conn(int connfd, event_loop *loop);
    tcp_conn(const tcp_conn &) = delete;
    tcp_conn &operator=(const tcp_conn &) = delete;

    // 0, or -1 when the connection has ended.
    int do_read();       // the loop says that something came
    int do_write();      // the loop says that there is room to send

    // Queues one message. -1 if it is too long, or the connection is closed; a client that
    // leaves more than 8 MB unread is closed.
    int send_message(const char *data, int msglen, int msgid) override;

    // Closes the connection. The object stays until the end of the loop's round.
    void clean_conn();

private:
    int _connfd;         // -1 when closed
    bool _closing;       // the close hook is being called
    event_loop *_loop;
    bool _peer_done;     // the peer sends no more; it may still read
    input_buf _ibuf;
    output_buf _obuf;
};
