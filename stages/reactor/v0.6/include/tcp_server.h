// A TCP server: listens on one address and serves whoever connects.
#pragma once

#include <cstdint>

#include "event_loop.h"
#include "msg_router.h"
#include "net_connection.h"
#include "tcp_conn.h"

// How many clients may be connected at the same time.
#define MAX_CONNS 10000

class tcp_server {
public:
    // Binds, listens, and has the loop call do_accept(). When that fails (port taken, wrong
    // address) it says why and ends the process: a constructor has no result to give back.
    tcp_server(event_loop *loop, const char *ip, uint16_t port);
    ~tcp_server();
    tcp_server(const tcp_server &) = delete;
    tcp_server &operator=(const tcp_server &) = delete;

    // Accepts the next client: the loop says that there is one.
    void do_accept();

    // Calls msg_cb for each message with this msgid. -1 if the msgid is taken.
    int add_msg_router(int msgid, msg_callback *msg_cb, void *user_data = NULL)
    {
        return router.register_msg_router(msgid, msg_cb, user_data);
    }

    static msg_router router;

    // The process's connections, one server a process: conns[fd] is the connection on fd,
    // NULL when fd is no connection. Any fd that the process can have is a valid index.
    static tcp_conn **conns;
    static void increase_conn(int connfd, tcp_conn *conn);
    static void decrease_conn(int connfd);
    static void get_conn_num(int *curr_conn);

private:
    // The next client's fd, or -1 when there is none to be had now.
    int accept_client();

    event_loop *_loop;
    int _sockfd;
    int _spare_fd;        // given up for a moment when the process has no fds left
    bool _short_of_fds;   // said so already

    static int _conn_num;
};
