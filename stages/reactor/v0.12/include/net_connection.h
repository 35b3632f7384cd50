// What a callback may do with the connection that its message came from.
#pragma once

#include <cstddef>

class net_connection;

// Called when a connection has started, or is about to end.
typedef void (*conn_callback)(net_connection *conn, void *args);

class net_connection {
public:
    net_connection() : param(NULL) {}
    virtual ~net_connection() {}

    // Queues one message for the other side; -1 if that cannot be done.
    virtual int send_message(const char *data, int msglen, int msgid) = 0;

    // The fd it sends on; -1 when it is closed.
    virtual int get_fd() = 0;

    // Belongs to the program: the library neither reads nor deletes it.
    void *param;
};
