#include "udp_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// So many datagrams in one go; then the loop's other fds have their turn.
static const int READ_AT_ONCE = 64;

static void die(const char *what, const char *ip, uint16_t port)
{
    fprintf(stderr, "udp_server: %s %s:%d: %s\n", what, ip, port, strerror(errno));
    exit(1);
}

static void read_callback(event_loop *, int, void *args)
{
    static_cast<udp_server *>(args)->do_read();
}

udp_server::udp_server(event_loop *loop, const char *ip, uint16_t port) : _loop(loop), _dropped(0)
{
    sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (inet_pton(AF_INET, ip, &addr.sin_addr) != 1) {
        errno = EINVAL;
        die("address", ip, port);
    }
    memset(&_sender, 0, sizeof _sender);

    _sockfd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (_sockfd == -1) {
        die("socket", ip, port);
    }
    // No SO_REUSEADDR: for UDP it would let two servers take the same port.
    if (bind(_sockfd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        die("bind", ip, port);
    }
    if (_loop->add_io_event(_sockfd, read_callback, EPOLLIN, this) == -1) {
        die("watch", ip, port);
    }
}

udp_server::~udp_server()
{
    _loop->del_io_event(_sockfd);
    close(_sockfd);
}

void udp_server::do_read()
{
    for (int i = 0; i < READ_AT_ONCE; i++) {
        socklen_t len = sizeof _sender;
        ssize_t n = recvfrom(_sockfd, _read_buf, sizeof _read_buf - 1, 0, reinterpret_cast<sockaddr *>(&_sender), &len);
        if (n == -1 && errno == EAGAIN) {
            return;
        }
        if (n == -1) {
            continue;   // news of an earlier datagram that did not arrive
        }
        msg_head head;
        if (n < MESSAGE_HEAD_LEN) {
            _dropped++;
            continue;
        }
        memcpy(&head, _read_buf, MESSAGE_HEAD_LEN);
        if (head.msglen != n - MESSAGE_HEAD_LEN) {
            _dropped++;
            continue;
        }
        _read_buf[n] = '\0';   // behind the body
        _router.call(head.msgid, head.msglen, _read_buf + MESSAGE_HEAD_LEN, this);
    }
}

int udp_server::send_message(const char *data, int msglen, int msgid)
{
    if (msglen < 0 || msglen > UDP_LENGTH_LIMIT) {
        return -1;
    }
    msg_head head = {msgid, msglen};
    memcpy(_write_buf, &head, MESSAGE_HEAD_LEN);
    if (msglen > 0) {
        memcpy(_write_buf + MESSAGE_HEAD_LEN, data, msglen);
    }
    ssize_t n = sendto(_sockfd, _write_buf, MESSAGE_HEAD_LEN + msglen, MSG_NOSIGNAL,
                       reinterpret_cast<sockaddr *>(&_sender), sizeof _sender);
    return n;
}
