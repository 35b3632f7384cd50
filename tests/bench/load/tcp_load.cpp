#include "tcp_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

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
    bool read_answers(connection &conn);
    bool fail(const std::string &what);

    const tcp_load_options &_options;
    std::string _requests, _responses;  // several in a row
    std::vector<connection> _connections;
    unique_fd _epoll;
    uint64_t _answered = 0;
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
    return send(conn.fd.get(), _requests.data(), bytes, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes) ||
           fail("send");
}

bool tcp_load::read_answers(connection &conn)
{
    char buffer[65536];
    const size_t room = std::min(sizeof buffer, _responses.size() - conn.of_response);
    const ssize_t got = recv(conn.fd.get(), buffer, room, 0);
    if (got <= 0)
        return fail("the connection ended");
    if (std::memcmp(buffer, _responses.data() + conn.of_response, static_cast<size_t>(got)) != 0)
        return errno = 0, fail("a wrong answer came back");
    const size_t whole = (conn.of_response + static_cast<size_t>(got)) / _options.response.size();
    conn.of_response = (conn.of_response + static_cast<size_t>(got)) % _options.response.size();
    _answered += whole;
    return whole == 0 || ask(conn, whole);
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
    const auto length = std::chrono::duration<double>(_options.seconds);
    const auto begin = bench_clock::now() + std::chrono::duration_cast<bench_clock::duration>(length / 5);
    const auto end = begin + std::chrono::duration_cast<bench_clock::duration>(length);
    stopwatch watch(_options.server);
    uint64_t warm_up = 0;
    bool counting = false;
    epoll_event ready[256];
    for (auto now = bench_clock::now(); now < end; now = bench_clock::now()) {
        if (!counting && now >= begin) {
            counting = true;
            warm_up = _answered;
            watch.begin();
        }
        const int count = epoll_wait(_epoll.get(), ready, 256, 5000);
        if (count == 0)
            return failed("nothing came back for five seconds");
        for (int i = 0; i < count; ++i) {
            if (!read_answers(*static_cast<connection *>(ready[i].data.ptr)))
                return failed(_error);
        }
    }
    return counting ? watch.end(_answered - warm_up) : failed("no time to count");
}

}  // namespace

measurement run_tcp_load(const tcp_load_options &options)
{
    return tcp_load(options).run();
}

}  // namespace lars::bench
