#include "tcp_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static void client_rd_callback(event_loop *, int, void *args)
{
    static_cast<tcp_client *>(args)->do_read();
}

static void client_wt_callback(event_loop *, int, void *args)
{
    static_cast<tcp_client *>(args)->do_write();
}

static void connect_callback(event_loop *, int, void *args)
{
    static_cast<tcp_client *>(args)->on_connect();
}

tcp_client::tcp_client(event_loop *loop, const char *ip, unsigned short port, const char *name)
    : connected(false), _loop(loop), _name(name), _sockfd(-1)
{
    memset(&_server_addr, 0, sizeof _server_addr);
    _server_addr.sin_family = AF_INET;
    _server_addr.sin_port = htons(port);
    if (inet_pton(AF_INET, ip, &_server_addr.sin_addr) != 1) {
        fprintf(stderr, "%s: %s is no address\n", name, ip);
        exit(1);
    }
    do_connect();
}

tcp_client::~tcp_client()
{
    if (_sockfd != -1) {
        _loop->del_io_event(_sockfd);
        close(_sockfd);
    }
}

void tcp_client::do_connect()
{
    if (_sockfd != -1) {
        return;
    }
    // Nothing of the last connection may get into this one.
    _ibuf.clear();
    _obuf.clear();

    _sockfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (_sockfd == -1) {
        fprintf(stderr, "%s: socket: %s\n", _name.c_str(), strerror(errno));
        return;
    }
    int ret = connect(_sockfd, reinterpret_cast<sockaddr *>(&_server_addr), sizeof _server_addr);
    if (ret == -1 && errno != EINPROGRESS) {
        clean_conn();
        return;
    }
    // Connected or not, the socket can be written as soon as the answer is known.
    if (_loop->add_io_event(_sockfd, connect_callback, EPOLLOUT, this) == -1) {
        clean_conn();
    }
}

void tcp_client::on_connect()
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(_sockfd, SOL_SOCKET, SO_ERROR, &error, &len);
    _loop->del_io_event(_sockfd, EPOLLOUT);
    if (error != 0 || _loop->add_io_event(_sockfd, client_rd_callback, EPOLLIN, this) == -1) {
        clean_conn();
        return;
    }
    connected = true;

    const char *msg = "hello lars!", *msg2 = "hello Aceld!";
    send_message(msg, strlen(msg), 1);
    send_message(msg2, strlen(msg2), 2);
}

int tcp_client::do_read()
{
    int ret = _ibuf.read_data(_sockfd);
    if (ret == -1 && errno == EAGAIN) {
        return 0;
    }
    if (ret <= 0) {
        clean_conn();
        return -1;
    }

    msg_head head;
    int found;
    while ((found = peek_message(_ibuf, &head)) == 1) {
        // The place behind the body is that of the next message, and is given back to it.
        int end = MESSAGE_HEAD_LEN + head.msglen;
        char next = _ibuf.swap_byte(end, '\0');
        _router.call(head.msgid, head.msglen, _ibuf.data() + MESSAGE_HEAD_LEN, this);
        if (!connected) {
            return -1;
        }
        _ibuf.swap_byte(end, next);
        _ibuf.pop(end);
    }
    if (found == -1) {
        fprintf(stderr, "%s: a message of %d bytes, closing\n", _name.c_str(), head.msglen);
        clean_conn();
        return -1;
    }
    _ibuf.adjust();
    return 0;
}

int tcp_client::do_write()
{
    if (!connected) {
        return -1;
    }
    if (_obuf.write2fd(_sockfd) == -1) {
        clean_conn();
        return -1;
    }
    if (_obuf.length() == 0) {
        _loop->del_io_event(_sockfd, EPOLLOUT);
    }
    return 0;
}

int tcp_client::send_message(const char *data, int msglen, int msgid)
{
    if (!connected || msglen < 0 || msglen > MESSAGE_LENGTH_LIMIT) {
        return -1;
    }
    bool idle = _obuf.length() == 0;
    if (put_message(&_obuf, data, msglen, msgid) == -1) {
        return -1;
    }
    if (idle && _loop->add_io_event(_sockfd, client_wt_callback, EPOLLOUT, this) == -1) {
        clean_conn();
        return -1;
    }
    return 0;
}

void tcp_client::clean_conn()
{
    if (_sockfd == -1) {
        return;
    }
    fprintf(stderr, "%s: %s\n", _name.c_str(), connected ? "the connection has ended" : "cannot connect");
    _loop->del_io_event(_sockfd);
    close(_sockfd);
    _sockfd = -1;
    connected = false;
}
