#include "tcp_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "unique_fd.h"

namespace lars::bench {
namespace {

class tcp_load {
public:
    explicit tcp_load(const tcp_load_options &options) : _options(options) {}
    measurement run();

private:
    struct connection {
        unique_fd fd;
        size_t of_response = 0;  // bytes of the next response that have come
    };

    bool connect_all();
    bool ask(const connection &conn, size_t count);
    // The number of answers, or -1; so does step.
    int read_answers(connection &conn);
    int step();
    bool fail(const std::string &what);

    const tcp_load_options &_options;
    std::string _requests, _responses;  // several in a row
    std::vector<connection> _connections;
    unique_fd _epoll;
    std::string _error;
};

bool tcp_load::fail(const std::string &what)
{
    _error = what + (errno != 0 ? std::string(": ") + std::strerror(errno) : "");
    return false;
}

bool tcp_load::connect_all()
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(_options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    _connections.resize(static_cast<size_t>(_options.connections));
    _epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
    for (connection &conn : _connections) {
        const int on = 1;
        conn.fd = unique_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (connect(conn.fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            return fail("connect");
        setsockopt(conn.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.ptr = &conn;
        if (epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, conn.fd.get(), &event) != 0)
            return fail("epoll_ctl");
    }
    return true;
}

bool tcp_load::ask(const connection &conn, size_t count)
{
    const size_t bytes = count * _options.request.size();
    return send(conn.fd.get(), _requests.data(), bytes, MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes) ||
           fail("send");
}

int tcp_load::read_answers(connection &conn)
{
    char buffer[65536];
    const size_t room = std::min(sizeof buffer, _responses.size() - conn.of_response);
    const ssize_t got = recv(conn.fd.get(), buffer, room, 0);
    if (got <= 0) {
        fail("the connection ended");
        return -1;
    }
    if (std::memcmp(buffer, _responses.data() + conn.of_response, static_cast<size_t>(got)) != 0) {
        _error = "a wrong answer came back";
        return -1;
    }
    const size_t whole = (conn.of_response + static_cast<size_t>(got)) / _options.response.size();
    conn.of_response = (conn.of_response + static_cast<size_t>(got)) % _options.response.size();
    return whole == 0 || ask(conn, whole) ? static_cast<int>(whole) : -1;
}

measurement tcp_load::run()
{
    const size_t row = static_cast<size_t>(_options.in_flight) + 1;
    for (size_t i = 0; i < row; ++i) {
        _requests += _options.request;
        _responses += _options.response;
    }
    if (!connect_all())
        return failed(_error);
    for (const connection &conn : _connections) {
        if (!ask(conn, static_cast<size_t>(_options.in_flight)))
            return failed(_error);
    }
    return measure(_options.server, _options.seconds, [this](std::string *error) {
        const int answers = step();
        *error = _error;
        return answers;
    });
}

int tcp_load::step()
{
    epoll_event ready[256];
    const int count = epoll_wait(_epoll.get(), ready, 256, 5000);
    if (count == 0) {
        _error = "nothing came back for five seconds";
        return -1;
    }
    int answers = 0;
    for (int i = 0; i < count; ++i) {
        const int more = read_answers(*static_cast<connection *>(ready[i].data.ptr));
        if (more < 0)
            return -1;
        answers += more;
    }
    return answers;
}

}  // namespace

measurement run_tcp_load(const tcp_load_options &options)
{
    return tcp_load(options).run();
}

}  // namespace lars::bench
