// A peer that reads slowly, and that sends in pieces which the other side reads one by one.
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "journal.h"
#include "parts.h"
#include "testing.h"

namespace kit {

peer peer::with_small_buffer(uint16_t port)
{
    peer p;
    p.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int small = 32768;   // before connect: the window is agreed on there
    setsockopt(p.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in addr = local(port);
    p.name("client");
    if (connect(p.fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        note(p.who, std::string("could not connect: ") + strerror(errno));
        ::close(p.fd);
        p.fd = -1;
        return p;
    }
    note(p.who, "connected with a small receive buffer");
    return p;
}

// The port of this end of the connection, or of the other.
static uint16_t port_of(int fd, int (*name)(int, sockaddr *, socklen_t *))
{
    sockaddr_in addr = {};
    socklen_t len = sizeof addr;
    name(fd, reinterpret_cast<sockaddr *>(&addr), &len);
    return ntohs(addr.sin_port);
}

// How many bytes that were sent on fd the program at the other end has not read yet; -1 when it is gone.
static long unread_there(int fd)
{
    uint16_t here = port_of(fd, getsockname), there = port_of(fd, getpeername);
    int unsent = 0;
    if (ioctl(fd, SIOCOUTQNSD, &unsent) == -1) {
        return -1;
    }
    // sl local_address rem_address st tx_queue:rx_queue
    std::ifstream in("/proc/net/tcp");
    std::string line;
    while (getline(in, line)) {
        unsigned local_port, remote_port, unread;
        if (sscanf(line.c_str(), " %*u: %*x:%x %*x:%x %*x %*x:%x", &local_port, &remote_port, &unread) == 3 &&
            local_port == there && remote_port == here) {
            return static_cast<long>(unread) + unsent;
        }
    }
    return -1;
}

bool peer::was_read() const
{
    int looks = 0;   // the first look may come while the bytes are on their way
    return eventually([&] {
        looks = unread_there(fd) == 0 ? looks + 1 : 0;
        return looks == 2;
    });
}

bool peer::send_cut(const std::string &bytes, size_t after)
{
    bool sent;
    {
        quiet inner;
        sent = send(bytes.substr(0, after)) && was_read() && send(bytes.substr(after));
    }
    note(who, (sent ? "sent " : "could not send ") + std::to_string(bytes.size()) + " bytes in two pieces, cut after " + std::to_string(after));
    return sent;
}

// One send() that does not wait; false when the connection is broken.
static bool send_some(int fd, const std::string &bytes, size_t *sent)
{
    ssize_t n = ::send(fd, bytes.data() + *sent, bytes.size() - *sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    *sent += n > 0 ? static_cast<size_t>(n) : 0;
    return n != -1 || errno == EAGAIN;
}

std::string peer::send_and_read_slowly(const std::string &bytes, size_t n)
{
    std::string all, end;
    size_t sent = 0;
    long unread = -1;
    auto silence = std::chrono::milliseconds(1000);   // a busy machine is not a server that reads no more
    for (clock::time_point progress = clock::now(); !bytes.empty() && clock::now() < progress + silence;) {
        size_t before = sent;
        long unread_before = unread;
        if (!send_some(fd, bytes, &sent)) {
            note(who, "could send only " + std::to_string(sent) + " of " + std::to_string(bytes.size()) + " bytes: " + strerror(errno));
            return all;
        }
        unread = unread_there(fd);
        if (sent == bytes.size() && unread == 0) {
            break;
        }
        if (sent != before || unread != unread_before) {
            progress = clock::now();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!bytes.empty()) {
        note(who, "sent " + std::to_string(sent) + " of " + std::to_string(bytes.size()) + " bytes before it read any, then read slowly");
    }
    char piece[3000];
    int pieces = 0;
    while (all.size() < n) {
        pollfd p = {fd, static_cast<short>(POLLIN | (sent < bytes.size() ? POLLOUT : 0)), 0};
        if (poll(&p, 1, patience_ms()) <= 0) {
            end = ", then nothing for " + seconds(patience_ms());
            break;
        }
        ssize_t got = sent < bytes.size() && !send_some(fd, bytes, &sent) ? -1
                                                                           : ::recv(fd, piece, std::min(sizeof piece, n - all.size()), MSG_DONTWAIT);
        if (got == 0 || (got == -1 && errno != EAGAIN)) {
            end = got == 0 ? ", then the end of the connection" : std::string(", then ") + strerror(errno);
            break;
        }
        all.append(piece, got > 0 ? static_cast<size_t>(got) : 0);
        if (++pieces % 30 == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));   // slowly
        }
    }
    note(who, "got " + std::to_string(all.size()) + " of " + std::to_string(n) + " bytes" + end);
    return all;
}

std::string peer::pattern(size_t n)
{
    std::string all(n, '\0');
    uint32_t state = 1;
    for (char &byte : all) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24);
    }
    return all;
}

std::string peer::difference(const std::string &expected, const std::string &came)
{
    if (expected == came) {
        return "";
    }
    size_t at = 0;
    while (at < expected.size() && at < came.size() && expected[at] == came[at]) {
        at++;
    }
    std::string counts = std::to_string(came.size()) + " of " + std::to_string(expected.size()) + " bytes came";
    return at == std::min(expected.size(), came.size()) ? counts : counts + ", and byte " + std::to_string(at) + " is wrong";
}

}  // namespace kit
