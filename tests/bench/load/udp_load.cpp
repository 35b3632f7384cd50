#include "udp_load.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "unique_fd.h"

namespace lars::bench {
namespace {

// One port: its socket, and batches that are set up once.
class udp_asker {
public:
    static constexpr int BATCH = 64;

    explicit udp_asker(const udp_target &target) : _target(target) {}
    bool open();
    // COUNT requests, each after a report if REPORTS.
    bool ask(int count, bool reports);
    // Takes what has arrived; the number of answers, or -1.
    int read_answers();
    int fd() const { return _fd.get(); }

private:
    const udp_target &_target;
    unique_fd _fd;
    char _received[BATCH][2048];
    iovec _in[BATCH], _out[2];
    mmsghdr _incoming[BATCH], _outgoing[2 * BATCH];
};

bool udp_asker::open()
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(_target.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    _fd = unique_fd(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connect(_fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        return false;
    _out[0] = {const_cast<char *>(_target.report.data()), _target.report.size()};
    _out[1] = {const_cast<char *>(_target.request.data()), _target.request.size()};
    for (int i = 0; i < BATCH; ++i) {
        _in[i] = {_received[i], sizeof _received[i]};
        _incoming[i] = {};
        _incoming[i].msg_hdr.msg_iov = &_in[i];
        _incoming[i].msg_hdr.msg_iovlen = 1;
    }
    for (int i = 0; i < 2 * BATCH; ++i) {
        _outgoing[i] = {};
        _outgoing[i].msg_hdr.msg_iov = &_out[i % 2];
        _outgoing[i].msg_hdr.msg_iovlen = 1;
    }
    return true;
}

bool udp_asker::ask(int count, bool reports)
{
    if (reports)
        return sendmmsg(_fd.get(), _outgoing, static_cast<unsigned>(2 * count), 0) == 2 * count;
    for (int i = 0; i < count; ++i) {
        if (sendmmsg(_fd.get(), _outgoing + 1, 1, 0) != 1)
            return false;
    }
    return true;
}

int udp_asker::read_answers()
{
    const int count = recvmmsg(_fd.get(), _incoming, BATCH, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
        if (_incoming[i].msg_len != _target.response_size ||
            std::memcmp(_received[i], _target.response.data(), _target.response.size()) != 0) {
            errno = EBADMSG;
            return -1;
        }
    }
    return count;
}

}  // namespace

measurement run_udp_load(const udp_load_options &options)
{
    const unique_fd epoll(epoll_create1(EPOLL_CLOEXEC));
    std::vector<udp_asker> askers(options.targets.begin(), options.targets.end());
    for (udp_asker &asker : askers) {
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.ptr = &asker;
        if (!asker.open() || epoll_ctl(epoll.get(), EPOLL_CTL_ADD, asker.fd(), &event) != 0 ||
            !asker.ask(options.in_flight, false))
            return failed(std::strerror(errno));
    }
    return measure(options.server, options.seconds, [&](std::string *error) {
        epoll_event ready[3];
        const int fired = epoll_wait(epoll.get(), ready, 3, 5000);
        if (fired == 0) {
            *error = "nothing came back for five seconds";
            return -1;
        }
        int answers = 0;
        for (int i = 0; i < fired; ++i) {
            auto *asker = static_cast<udp_asker *>(ready[i].data.ptr);
            const int count = asker->read_answers();
            if (count < 0 || !asker->ask(count, true)) {
                *error = std::strerror(errno);
                return -1;
            }
            answers += count;
        }
        return answers;
    });
}

}  // namespace lars::bench
