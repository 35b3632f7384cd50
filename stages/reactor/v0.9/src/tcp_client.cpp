#include "tcp_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

static const int RETRY_MIN_MS = 100;
static const int RETRY_MAX_MS = 10000;

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

static void retry_callback(event_loop *, int fd, void *args)
{
    uint64_t times;
    if (read(fd, &times, sizeof times) == sizeof times) {
        static_cast<tcp_client *>(args)->do_connect();
    }
}

tcp_client::tcp_client(event_loop *loop, const char *ip, unsigned short port, const char *name)
    : connected(false), _loop(loop), _name(name), _sockfd(-1), _retry_ms(RETRY_MIN_MS)
{
    memset(&_server_addr, 0, sizeof _server_addr);
    _server_addr.sin_family = AF_INET;
    _server_addr.sin_port = htons(port);
    if (inet_pton(AF_INET, ip, &_server_addr.sin_addr) != 1) {
        fprintf(stderr, "%s: %s is no address\n", name, ip);
        exit(1);
    }

    _retry_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (_retry_fd == -1 || _loop->add_io_event(_retry_fd, retry_callback, EPOLLIN, this) == -1) {
        fprintf(stderr, "%s: timerfd: %s\n", name, strerror(errno));
        exit(1);
    }
    do_connect();
}

tcp_client::~tcp_client()
{
    _loop->del_io_event(_retry_fd);
    close(_retry_fd);
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
        retry_later();
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

    if (conn_start_cb != NULL) {
        conn_start_cb(this, conn_start_cb_args);
    }
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
    _retry_ms = RETRY_MIN_MS;   // the server is well: it speaks

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
    if (_sockfd == -1 || _closing) {
        return;
    }
    if (connected && conn_close_cb != NULL) {
        _closing = true;
        conn_close_cb(this, conn_close_cb_args);
        _closing = false;
    }
    _loop->del_io_event(_sockfd);
    close(_sockfd);
    _sockfd = -1;
    connected = false;
    retry_later();
}

// Each time twice as long, and never all clients at the same moment.
void tcp_client::retry_later()
{
    std::random_device random;
    int ms = _retry_ms / 2 + static_cast<int>(random() % (_retry_ms / 2));
    _retry_ms = _retry_ms * 2 < RETRY_MAX_MS ? _retry_ms * 2 : RETRY_MAX_MS;

    itimerspec once;
    memset(&once, 0, sizeof once);
    once.it_value.tv_sec = ms / 1000;
    once.it_value.tv_nsec = ms % 1000 * 1000000L;
    timerfd_settime(_retry_fd, 0, &once, NULL);
}
