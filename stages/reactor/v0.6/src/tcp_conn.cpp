#include "tcp_conn.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "tcp_server.h"

static void conn_rd_callback(event_loop *, int, void *args)
{
    static_cast<tcp_conn *>(args)->do_read();
}

static void conn_wt_callback(event_loop *, int, void *args)
{
    static_cast<tcp_conn *>(args)->do_write();
}

tcp_conn::tcp_conn(int connfd, event_loop *loop) : _connfd(connfd), _loop(loop), _peer_done(false)
{
    tcp_server::increase_conn(_connfd, this);
    if (_loop->add_io_event(_connfd, conn_rd_callback, EPOLLIN, this) == -1) {
        clean_conn();
    }
}

int tcp_conn::do_read()
{
    int ret = _ibuf.read_data(_connfd);
    if (ret == -1) {
        if (errno == EAGAIN) {
            return 0;
        }
        clean_conn();
        return -1;
    }
    if (ret == 0) {
        // What is still to be sent goes first.
        _peer_done = true;
        _loop->del_io_event(_connfd, EPOLLIN);
        if (_obuf.length() > 0) {
            return 0;
        }
        clean_conn();
        return -1;
    }

    msg_head head;
    int found;
    while ((found = peek_message(_ibuf, &head)) == 1) {
        // The place behind the body is that of the next message, and is given back to it.
        int end = MESSAGE_HEAD_LEN + head.msglen;
        char next = _ibuf.swap_byte(end, '\0');
        tcp_server::router.call(head.msgid, head.msglen, _ibuf.data() + MESSAGE_HEAD_LEN, this);
        if (_connfd == -1) {
            return -1;
        }
        _ibuf.swap_byte(end, next);
        _ibuf.pop(end);
    }
    if (found == -1) {
        fprintf(stderr, "tcp_conn: a message of %d bytes, closing\n", head.msglen);
        clean_conn();
        return -1;
    }
    _ibuf.adjust();
    return 0;
}

int tcp_conn::do_write()
{
    if (_connfd == -1 || _obuf.write2fd(_connfd) == -1) {
        clean_conn();
        return -1;
    }
    if (_obuf.length() == 0) {
        _loop->del_io_event(_connfd, EPOLLOUT);
        if (_peer_done) {
            clean_conn();
            return -1;
        }
    }
    return 0;
}

int tcp_conn::send_message(const char *data, int msglen, int msgid)
{
    if (_connfd == -1 || msglen < 0 || msglen > MESSAGE_LENGTH_LIMIT) {
        return -1;
    }
    bool idle = _obuf.length() == 0;
    if (put_message(&_obuf, data, msglen, msgid) == -1) {
        clean_conn();   // a client that asks and never reads
        return -1;
    }
    if (idle && _loop->add_io_event(_connfd, conn_wt_callback, EPOLLOUT, this) == -1) {
        clean_conn();
        return -1;
    }
    return 0;
}

void tcp_conn::clean_conn()
{
    if (_connfd == -1) {
        return;
    }
    tcp_server::decrease_conn(_connfd);
    _loop->del_io_event(_connfd);
    close(_connfd);
    _connfd = -1;
    _loop->delete_later(this);
}
