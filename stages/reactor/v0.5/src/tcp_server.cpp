#include "tcp_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tcp_conn.h"

// No process has a larger fd than this, unless its system was told to allow more. Memory
// that is never touched costs nothing.
static const int CONNS_SIZE = 1024 * 1024;
static tcp_conn *conns_of_all_fds[CONNS_SIZE];

tcp_conn **tcp_server::conns = conns_of_all_fds;
int tcp_server::_conn_num = 0;

void tcp_server::increase_conn(int connfd, tcp_conn *conn)
{
    conns[connfd] = conn;
    _conn_num++;
}

void tcp_server::decrease_conn(int connfd)
{
    conns[connfd] = NULL;
    _conn_num--;
}

void tcp_server::get_conn_num(int *curr_conn)
{
    *curr_conn = _conn_num;
}

static int open_spare_fd()
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_callback(event_loop *, int, void *args)
{
    static_cast<tcp_server *>(args)->do_accept();
}

tcp_server::tcp_server(event_loop *loop, const char *ip, uint16_t port) : _loop(loop), _short_of_fds(false)
{
    errno = EINVAL;   // what inet_pton means by "not 1"; the others say themselves what is wrong
    _sockfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // Without this a server cannot come back within a minute of its end.
    int on = 1;
    setsockopt(_sockfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (_sockfd == -1 || inet_pton(AF_INET, ip, &addr.sin_addr) != 1 ||
        bind(_sockfd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1 ||
        listen(_sockfd, SOMAXCONN) == -1 || _loop->add_io_event(_sockfd, accept_callback, EPOLLIN, this) == -1) {
        fprintf(stderr, "tcp_server: %s:%d: %s\n", ip, port, strerror(errno));
        exit(1);
    }
    _spare_fd = open_spare_fd();
}

tcp_server::~tcp_server()
{
    _loop->del_io_event(_sockfd);
    close(_sockfd);
    close(_spare_fd);
}

int tcp_server::accept_client()
{
    sockaddr_in addr;
    socklen_t len = sizeof addr;   // accept reads it: it must be set each time
    int connfd = accept4(_sockfd, reinterpret_cast<sockaddr *>(&addr), &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connfd != -1) {
        _short_of_fds = false;
        return connfd;
    }
    if (errno != EMFILE && errno != ENFILE) {
        // A client that left again, or a signal: no reason to stop serving the others.
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            fprintf(stderr, "tcp_server: accept: %s\n", strerror(errno));
        }
        return -1;
    }

    // No fd left. The client would wait in the queue, and accept would fail again at once,
    // for ever. So the spare fd makes room to take the client and to turn it away.
    if (!_short_of_fds) {
        fprintf(stderr, "tcp_server: no fds left, clients are turned away\n");
        _short_of_fds = true;
    }
    close(_spare_fd);
    connfd = accept4(_sockfd, NULL, NULL, SOCK_CLOEXEC);
    if (connfd != -1) {
        close(connfd);
    } else {
        poll(NULL, 0, 10);   // somebody was quicker: no spare fd now
    }
    _spare_fd = open_spare_fd();
    return -1;
}

void tcp_server::do_accept()
{
    int connfd = accept_client();
    if (connfd == -1) {
        return;
    }
    int conn_num;
    get_conn_num(&conn_num);
    if (conn_num >= MAX_CONNS || connfd >= CONNS_SIZE) {
        fprintf(stderr, "so many connections, max = %d\n", MAX_CONNS);
        close(connfd);
        return;
    }
    new tcp_conn(connfd, _loop);   // ends itself when the client leaves
}
