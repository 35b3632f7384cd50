#include "tcp_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>

namespace lars::bench {

// An address has no more ports for one server than the kernel gives out of itself
// (net.ipv4.ip_local_port_range), so the next ones come from another address of this machine.
static constexpr size_t FROM_ONE_ADDRESS = 5000;

bool tcp_load::fail(const std::string &what)
{
    _error = what + (errno != 0 ? std::string(": ") + std::strerror(errno) : "");
    return false;
}

bool tcp_load::open(size_t number)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr =
        htonl(INADDR_LOOPBACK + static_cast<uint32_t>(number / FROM_ONE_ADDRESS));
    const auto *where = reinterpret_cast<const sockaddr *>(&address);
    const int on = 1;
    connection &conn = _connections[number];
    conn.fd = unique_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!conn.fd.valid())
        return fail("socket");
    // The port is then chosen by connect, which knows for whom it need be free.
    setsockopt(conn.fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (number >= FROM_ONE_ADDRESS && bind(conn.fd.get(), where, sizeof address) != 0)
        return fail("bind");
    address.sin_port = htons(_options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(conn.fd.get(), where, sizeof address) != 0)
        return fail("connect");
    setsockopt(conn.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.ptr = &conn;
    return epoll_ctl(_epoll.get(), EPOLL_CTL_ADD, conn.fd.get(), &event) == 0 || fail("epoll_ctl");
}

bool tcp_load::start()
{
    _connections.resize(static_cast<size_t>(_options.connections));
    _epoll = unique_fd(epoll_create1(EPOLL_CLOEXEC));
    for (size_t i = 0; i < _connections.size(); ++i) {
        connection &conn = _connections[i];
        conn.next_request = i * _options.exchanges.size() / _connections.size();
        conn.next_response = conn.next_request;
        if (!open(i) || !ask(conn, _options.in_flight))
            return false;
    }
    return true;
}

bool tcp_load::ask(connection &conn, int count)
{
    const std::vector<exchange> &all = _options.exchanges;
    _requests.clear();
    for (; count > 0; --count) {
        _requests += all[conn.next_request].request;
        conn.next_request = (conn.next_request + 1) % all.size();
    }
    return send(conn.fd.get(), _requests.data(), _requests.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(_requests.size()) ||
           fail("send");
}

int tcp_load::read_answers(connection &conn)
{
    char buffer[65536];
    const ssize_t got = recv(conn.fd.get(), buffer, sizeof buffer, 0);
    if (got <= 0) {
        fail("the connection ended");
        return -1;
    }
    std::string_view rest(buffer, static_cast<size_t>(got));
    int whole = 0;
    while (!rest.empty()) {
        const std::string_view wanted =
            std::string_view(_options.exchanges[conn.next_response].response)
                .substr(conn.of_response);
        const size_t part = std::min(wanted.size(), rest.size());
        if (rest.substr(0, part) != wanted.substr(0, part)) {
            _error = "a wrong answer came back";
            return -1;
        }
        rest.remove_prefix(part);
        conn.of_response += part;
        if (part < wanted.size())
            break;
        conn.of_response = 0;
        conn.next_response = (conn.next_response + 1) % _options.exchanges.size();
        ++whole;
    }
    if (whole > 0 && !conn.answered) {
        conn.answered = true;
        ++_answered;
    }
    return whole == 0 || ask(conn, whole) ? whole : -1;
}

measurement tcp_load::run()
{
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

measurement run_tcp_load(const tcp_load_options &options)
{
    tcp_load load(options);
    return load.start() ? load.run() : failed(load.error());
}

measurement run_tcp_load(const tcp_load_options &options, int threads)
{
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> calls{0};
    std::vector<std::unique_ptr<tcp_load>> loads;
    std::vector<std::thread> running;
    std::string error;
    tcp_load_options share = options;
    share.connections = options.connections / threads;
    for (int i = 0; i < threads && error.empty(); ++i) {
        loads.push_back(std::make_unique<tcp_load>(share));
        if (!loads.back()->start())
            error = loads.back()->error();
    }
    for (size_t i = 0; i < loads.size() && error.empty(); ++i) {
        running.emplace_back([&stop, &calls, &load = *loads[i]] {
            for (int answers = 0; answers >= 0 && !stop; answers = load.step())
                calls += static_cast<uint64_t>(answers);
        });
    }
    const std::chrono::duration<double> length(options.seconds);
    std::this_thread::sleep_for(length / 5);
    stopwatch watch(options.server);
    watch.begin();
    const uint64_t before = calls;
    std::this_thread::sleep_for(length);
    const measurement result = watch.end(calls - before);
    stop = true;
    for (std::thread &thread : running)
        thread.join();
    for (const auto &load : loads)
        error = error.empty() ? load->error() : error;
    return error.empty() ? result : failed(error);
}

}  // namespace lars::bench
