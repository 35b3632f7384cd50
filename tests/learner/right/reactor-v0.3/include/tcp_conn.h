#pragma once

#include "event_loop.h"
#include "reactor_buf.h"

// One client of the server. Made with new; clean_conn() ends it.
class tcp_conn {
public:
    tcp_conn(int connfd, event_loop *loop);
    int do_read();
    int do_write();
    void clean_conn();

private:
    friend class event_loop;
    ~tcp_conn() = default;
    int want_write();

    int _connfd;
    event_loop *_loop;
    input_buf _ibuf;
    output_buf _obuf;
    bool _ended = false;   // the client has closed its sending half
};
