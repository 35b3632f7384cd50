// Peers that speak plain bytes, and what they tell the journal.
#include <netinet/in.h>
#include <poll.h>

#include <cerrno>
#include <cstdio>

#include "journal.h"
#include "parts.h"
#include "testing.h"

namespace kit {

peer::peer(uint16_t port)
{
    name("client");
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in addr = local(port);
    if (connect(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        note(who, std::string("could not connect: ") + strerror(errno));
        ::close(fd);
        fd = -1;
        return;
    }
    note(who, "connected");
}

peer peer::adopt(int fd)
{
    peer p;
    p.fd = fd;
    return p;
}

void peer::name(const std::string &role)
{
    int number = number_peer();
    who = number == 0 ? role : role + " " + std::to_string(number);
}

peer &peer::operator=(peer &&other) noexcept
{
    std::swap(fd, other.fd);
    std::swap(who, other.who);
    return *this;
}

bool peer::send(const std::string &all)
{
    size_t sent = 0;
    std::string reason;
    while (sent < all.size() && reason.empty()) {
        pollfd p = {fd, POLLOUT, 0};
        if (poll(&p, 1, patience_ms()) <= 0) {
            reason = "nothing more was taken for " + seconds(patience_ms());
            break;
        }
        ssize_t n = ::send(fd, all.data() + sent, all.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n == -1 && errno != EAGAIN) {
            reason = strerror(errno);
        }
        sent += n > 0 ? static_cast<size_t>(n) : 0;
    }
    if (reason.empty()) {
        note(who, "sent " + shown(all));
    } else {
        note(who, "could send only " + std::to_string(sent) + " of " + std::to_string(all.size()) + bytes(all.size()) + " (" + reason + ")");
    }
    return reason.empty();
}

bool peer::send_frame(int msgid, const std::string &body)
{
    bool sent;
    {
        quiet inner;
        sent = send(frame(msgid, body));
    }
    note(who, (sent ? "sent " : "could not send ") + shown_message(msgid, body));
    return sent;
}

// Up to n bytes; *end says why there are no more, "" when there are n.
static std::string take(int fd, size_t n, std::string *end)
{
    std::string all(n, '\0');
    size_t got = 0;
    *end = fd == -1 ? "for there was no connection" : "";
    while (got < n && end->empty()) {
        if (!readable(fd, patience_ms())) {
            *end = "then nothing came for " + seconds(patience_ms());
            break;
        }
        ssize_t r = ::recv(fd, &all[got], n - got, 0);
        if (r == 0) {
            *end = "then the connection was closed";
        } else if (r == -1) {
            *end = std::string("then the connection failed: ") + strerror(errno);
        } else {
            got += static_cast<size_t>(r);
        }
    }
    all.resize(got);
    return all;
}

// "got …, then …" in words that do not say nothing twice.
static std::string got(const std::string &all, const std::string &end)
{
    const std::string silence = "then nothing came ";
    return all.empty() && end.compare(0, silence.size(), silence) == 0 ? "got nothing " + end.substr(silence.size())
                                                                       : "got " + shown(all) + ", " + end;
}

std::string peer::recv_some()
{
    char buf[65536];
    if (!readable(fd, patience_ms())) {
        note(who, "waited, and nothing came for " + seconds(patience_ms()));
        return "";
    }
    ssize_t n = ::recv(fd, buf, sizeof buf, 0);
    std::string some = n > 0 ? std::string(buf, static_cast<size_t>(n)) : "";
    note(who, n > 0 ? "got " + shown(some) : "saw the connection closed");
    return some;
}

std::string peer::recv(size_t n)
{
    std::string end, all = take(fd, n, &end);
    note(who, end.empty() ? "got " + shown(all)
                          : "was to get " + std::to_string(n) + bytes(n) + " and " + got(all, end));
    return all;
}

std::string peer::recv_all()
{
    std::string all;
    bool open = fd != -1;
    while (open && readable(fd, patience_ms())) {
        char buf[65536];
        ssize_t n = ::recv(fd, buf, sizeof buf, 0);
        open = n > 0;
        all.append(buf, open ? static_cast<size_t>(n) : 0);
    }
    note(who, fd == -1 ? "got nothing without a connection" : "got " + shown(all) + (open ? ", then nothing for " + seconds(patience_ms()) + " and no end of the connection" : " and the end of the connection"));
    return all;
}

bool peer::silent(int ms)
{
    if (fd == -1) {
        return false;
    }
    if (!readable(fd, ms)) {
        note(who, "got nothing for " + seconds(ms));
        return true;
    }
    char buf[256];
    ssize_t n = ::recv(fd, buf, sizeof buf, MSG_PEEK | MSG_DONTWAIT);
    note(who, n > 0 ? "got " + shown(std::string(buf, static_cast<size_t>(n))) : "saw the connection closed");
    return false;
}

bool peer::closed()
{
    char buf[65536];
    while (readable(fd, patience_ms())) {
        if (::recv(fd, buf, sizeof buf, 0) <= 0) {
            note(who, "saw the connection closed");
            return true;
        }
    }
    note(who, "waited " + seconds(patience_ms()) + " for the end of the connection, which stayed open");
    return false;
}

bool peer::recv_frame(int *msgid, std::string *body)
{
    std::string end, head = take(fd, 8, &end);
    if (head.size() < 8) {
        note(who, "was to get a message and " + got(head, end));
        return false;
    }
    *msgid = field_at(head, 0);
    size_t len = static_cast<uint32_t>(field_at(head, 4));
    if (len > 65527) {
        note(who, "got the head of a message of " + std::to_string(len) + " bytes");
        body->clear();
        return false;
    }
    *body = take(fd, len, &end);
    note(who, "got " + shown_message(*msgid, *body) +
                  (end.empty() ? "" : " of the " + std::to_string(len) + bytes(len) + " that its head promises, " + end));
    return body->size() == len;
}

std::string peer::next()
{
    int msgid;
    std::string body;
    return recv_frame(&msgid, &body) ? std::to_string(msgid) + ":" + body : "";
}

void peer::shut_write()
{
    shutdown(fd, SHUT_WR);
    note(who, "said that it sends no more");
}

void peer::reset()
{
    linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(fd);
    fd = -1;
    note(who, "reset the connection");
}

void peer::close()
{
    if (fd != -1) {
        ::close(fd);
        fd = -1;
        if (!who.empty()) {
            note(who, "closed the connection");
        }
    }
}

listener::listener(uint16_t wanted_port)
{
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in addr = local(wanted_port);
    socklen_t len = sizeof addr;
    if (bind(fd, reinterpret_cast<sockaddr *>(&addr), len) == -1 || listen(fd, 64) == -1 ||
        getsockname(fd, reinterpret_cast<sockaddr *>(&addr), &len) == -1) {
        ADD_FAILURE() << "no listener on port " << wanted_port << ": " << strerror(errno);
        close();
        return;
    }
    port = ntohs(addr.sin_port);
}

peer listener::accept()
{
    if (!readable(fd, patience_ms())) {
        note("the server", "waited, and nobody connected for " + seconds(patience_ms()));
        return peer();
    }
    peer accepted = peer::adopt(accept4(fd, nullptr, nullptr, SOCK_CLOEXEC));
    accepted.name("the server's connection");
    note("the server", "took " + accepted.who.substr(strlen("the server's ")));
    return accepted;
}

void listener::close()
{
    if (fd != -1) {
        ::close(fd);
        fd = -1;
    }
}

static std::string shown_datagram(const std::string &datagram)
{
    return datagram.size() < 8 ? shown(datagram) : shown_message(field_at(datagram, 0), datagram.substr(8));
}

udp_peer::udp_peer(uint16_t port)
{
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in addr = local(port);
    if (connect(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        perror("udp_peer");
    }
}

bool udp_peer::send(const std::string &datagram)
{
    note("a client", "sent the datagram " + shown_datagram(datagram));
    return ::send(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(datagram.size());
}

std::string udp_peer::recv(int *error, int ms)
{
    char buf[65536];
    if (!readable(fd, ms)) {
        note("the client", "got no answer for " + seconds(ms));
        if (error) {
            *error = ETIMEDOUT;
        }
        return "";
    }
    ssize_t n = ::recv(fd, buf, sizeof buf, 0);
    if (error) {
        *error = n == -1 ? errno : 0;
    }
    std::string datagram = n > 0 ? std::string(buf, static_cast<size_t>(n)) : "";
    note("the client", n == -1 ? std::string("got the error ") + strerror(errno) : "got the datagram " + shown_datagram(datagram));
    return datagram;
}

std::string udp_peer::next()
{
    std::string datagram = recv();
    return datagram.size() < 8 ? "" : std::to_string(field_at(datagram, 0)) + ":" + datagram.substr(8);
}

}  // namespace kit
