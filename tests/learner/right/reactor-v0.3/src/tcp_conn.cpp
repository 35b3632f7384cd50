#include "tcp_conn.h"

#include <cerrno>
#include <unistd.h>

static void conn_rd_callback(event_loop *, int, void *args)
{
    static_cast<tcp_conn *>(args)->do_read();
}

static void conn_wt_callback(event_loop *, int, void *args)
{
    static_cast<tcp_conn *>(args)->do_write();
}

tcp_conn::tcp_conn(int connfd, event_loop *loop) : _connfd(connfd), _loop(loop)
{
    if (_loop->add_io_event(_connfd, conn_rd_callback, EPOLLIN, this) == -1) {
        clean_conn();
    }
}

int tcp_conn::do_read()
{
    int n = _ibuf.read_data(_connfd);
    if (n == -1 && errno == EAGAIN) {
        return 0;
    }
    if (n == 0 && _obuf.length() > 0) {
        _ended = true;   // do_write sends the rest, then closes
        _loop->del_io_event(_connfd, EPOLLIN);
        return 0;
    }
    if (n <= 0) {
        clean_conn();
        return -1;
    }
    bool idle = _obuf.length() == 0;
    if (_obuf.send_data(_ibuf.data(), _ibuf.length()) == -1) {
        clean_conn();
        return -1;
    }
    _ibuf.clear();
    return idle ? want_write() : 0;
}

int tcp_conn::want_write()
{
    if (_loop->add_io_event(_connfd, conn_wt_callback, EPOLLOUT, this) == -1) {
        clean_conn();
        return -1;
    }
    return 0;
}

int tcp_conn::do_write()
{
    if (_obuf.write2fd(_connfd) == -1) {
        clean_conn();
        return -1;
    }
    if (_obuf.length() > 0) {
        return 0;
    }
    if (_ended) {
        clean_conn();
        return -1;
    }
    _loop->del_io_event(_connfd, EPOLLOUT);
    return 0;
}

void tcp_conn::clean_conn()
{
    if (_connfd == -1) {
        return;
    }
    _loop->del_io_event(_connfd);
    close(_connfd);
    _connfd = -1;
    _loop->delete_later(this);
}
