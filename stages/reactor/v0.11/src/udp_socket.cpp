#include "udp_socket.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// So many datagrams in one go; then the loop's other fds have their turn.
static const int READ_AT_ONCE = 64;

static void read_callback(event_loop *, int, void *args)
{
    static_cast<udp_socket *>(args)->do_read();
}

udp_socket::udp_socket(const char *name, prepare_func *prepare, event_loop *loop, const char *ip, uint16_t port)
    : _peer(), _loop(loop), _dropped(0)
{
    errno = EINVAL;   // what inet_pton means by "not 1"; the others say themselves what is wrong
    _sockfd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    _peer.sin_family = AF_INET;
    _peer.sin_port = htons(port);
    if (_sockfd == -1 || inet_pton(AF_INET, ip, &_peer.sin_addr) != 1 ||
        prepare(_sockfd, reinterpret_cast<sockaddr *>(&_peer), sizeof _peer) == -1 ||
        _loop->add_io_event(_sockfd, read_callback, EPOLLIN, this) == -1) {
        fprintf(stderr, "%s: %s:%d: %s\n", name, ip, port, strerror(errno));
        exit(1);
    }
}

udp_socket::~udp_socket()
{
    _loop->del_io_event(_sockfd);
    close(_sockfd);
}

void udp_socket::do_read()
{
    for (int i = 0; i < READ_AT_ONCE; i++) {
        socklen_t len = sizeof _peer;
        ssize_t n = recvfrom(_sockfd, _read_buf, sizeof _read_buf - 1, 0, reinterpret_cast<sockaddr *>(&_peer), &len);
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

int udp_socket::send_message(const char *data, int msglen, int msgid)
{
    if (msglen < 0 || msglen > UDP_LENGTH_LIMIT) {
        return -1;
    }
    msg_head head = {msgid, msglen};
    memcpy(_write_buf, &head, MESSAGE_HEAD_LEN);
    if (msglen > 0) {
        memcpy(_write_buf + MESSAGE_HEAD_LEN, data, msglen);
    }
    return sendto(_sockfd, _write_buf, MESSAGE_HEAD_LEN + msglen, MSG_NOSIGNAL, reinterpret_cast<sockaddr *>(&_peer),
                  sizeof _peer);
}
