// A TCP server: listens on one address and serves whoever connects.
#pragma once

#include <cstdint>
#include <mutex>

#include "event_loop.h"
#include "msg_router.h"
#include "net_connection.h"
#include "tcp_conn.h"
#include "thread_pool.h"

// How many clients may be connected at the same time.
#define MAX_CONNS 10000

// How many threads serve them. With none, the loop that accepts does.
#define THREAD_CNT 3

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

    // Called for each connection, in its thread: at the start as soon as it may be used, at the end
    // while it still may.
    static void set_conn_start(conn_callback cb, void *args = NULL)
    {
        conn_start_cb = cb;
        conn_start_cb_args = args;
    }
    static void set_conn_close(conn_callback cb, void *args = NULL)
    {
        conn_close_cb = cb;
        conn_close_cb_args = args;
    }

    static conn_callback conn_start_cb;
    static void *conn_start_cb_args;
    static conn_callback conn_close_cb;
    static void *conn_close_cb_args;

    // The process's connections, one server a process: conns[fd] is the connection on fd,
    // NULL when fd is no connection. Any fd that the process can have is a valid index. To
    // be looked at by the connection's thread only; the functions are for any thread.
    static tcp_conn **conns;
    // Counts a connection: when it is accepted, even if its object comes later (conn NULL).
    static void increase_conn(int connfd, tcp_conn *conn);
    static void decrease_conn(int connfd);
    static void get_conn_num(int *curr_conn);

private:
    // The next client's fd, or -1 when there is none to be had now.
    int accept_client();

    event_loop *_loop;
    thread_pool *_thread_pool;   // never deleted: its threads do not end
    int _sockfd;
    int _spare_fd;        // given up for a moment when the process has no fds left
    bool _short_of_fds;   // said so already

    static std::mutex _mutex;
    static int _conn_num;        // guarded by _mutex
};
