// A connection to a server: made as soon as the loop runs. When that fails, or the connection
// ends, it says so, and that is all: the program may call do_connect() again.
// Used in the loop's thread only; not to be deleted in its own callbacks.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "event_loop.h"
#include "message.h"
#include "net_connection.h"

class tcp_client : public net_connection {
public:
    // A wrong address ends the process with a message. name is for log lines.
    tcp_client(event_loop *loop, const char *ip, unsigned short port, const char *name);
    ~tcp_client();
    tcp_client(const tcp_client &) = delete;
    tcp_client &operator=(const tcp_client &) = delete;

    // Calls msg_cb for each message with this msgid. -1 if the msgid is taken.
    int add_msg_router(int msgid, msg_callback *msg_cb, void *user_data = NULL)
    {
        return _router.register_msg_router(msgid, msg_cb, user_data);
    }

    // Queues one message. -1 if it is too long, or there is no connection now.
    int send_message(const char *data, int msglen, int msgid) override;

    void do_connect();     // begins to connect, if it has not
    void on_connect();     // the loop says how the connecting ended

    // 0, or -1 when the connection has ended.
    int do_read();         // the loop says that something came
    int do_write();        // the loop says that there is room to send

    // Closes the connection.
    void clean_conn();

    bool connected;

private:
    event_loop *_loop;
    std::string _name;
    sockaddr_in _server_addr;
    int _sockfd;           // -1 when there is none
    msg_router _router;
    input_buf _ibuf;
    output_buf _obuf;
};
