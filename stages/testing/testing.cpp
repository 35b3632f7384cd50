#include "testing.h"

#include "journal.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#if KIT_ASAN
#include <sanitizer/lsan_interface.h>
static bool leaked() { return __lsan_do_recoverable_leak_check() != 0; }
#else
static bool leaked() { return false; }
#endif

// The exit statuses of a program that leaked, and of one that raced.
static const int LEAKED = 23, RACED = 66;

// ThreadSanitizer has just printed what it found. In a program of a test that is the end of the
// program, and so a failure of its test; in the tests' own process see main.cpp.
static bool in_program = false;
#if KIT_TSAN
static std::atomic<int> races(0);

extern "C" void __tsan_on_report(void *)
{
    if (in_program) {
        syscall(SYS_exit_group, RACED);   // _exit would wait for the report that is being made
    }
    races++;
}
#endif

// Ends a program without asking ThreadSanitizer, who remembers what it found before the fork.
[[noreturn]] static void end_program(int status)
{
#if KIT_TSAN
    syscall(SYS_exit_group, status);
#endif
    _exit(status);
}

namespace kit {

int new_races()
{
#if KIT_TSAN
    return races.exchange(0);
#else
    return 0;
#endif
}

typedef std::chrono::steady_clock clock;


static sockaddr_in local(uint16_t port)
{
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return addr;
}

static bool can_bind(int type, uint16_t port)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_in addr = local(port);
    bool ok = bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == 0;
    close(fd);
    return ok;
}

bool is_free(uint16_t port)
{
    return can_bind(SOCK_STREAM, port) && can_bind(SOCK_DGRAM, port);
}

uint16_t free_port()
{
    static std::mt19937 random(std::random_device{}());
    while (true) {
        uint16_t port = static_cast<uint16_t>(15000 + random() % 16000);
        if (is_free(port)) {
            return port;
        }
    }
}

std::string frame_head(int msgid, int msglen)
{
    std::string bytes;
    for (uint32_t field : {static_cast<uint32_t>(msgid), static_cast<uint32_t>(msglen)}) {
        for (int shift = 0; shift < 32; shift += 8) {
            bytes += static_cast<char>(field >> shift & 0xff);
        }
    }
    return bytes;
}

std::string frame(int msgid, const std::string &body)
{
    return frame_head(msgid, static_cast<int>(body.size())) + body;
}

static int field_at(const std::string &bytes, size_t at)
{
    uint32_t value = 0;
    for (int i = 3; i >= 0; i--) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    return static_cast<int>(value);
}

static std::string seconds(int ms)
{
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

static const char *bytes(size_t n)
{
    return n == 1 ? " byte" : " bytes";
}

int patience_ms()
{
    static const char *given = getenv("LARS_TEST_PATIENCE_MS");
    static const int ms = given != nullptr ? atoi(given) : 10000;
    return ms;
}

bool eventually(const std::function<bool()> &condition)
{
    clock::time_point end = clock::now() + std::chrono::milliseconds(patience_ms());
    while (!condition()) {
        if (clock::now() > end) {
            note("the test", "waited " + seconds(patience_ms()) + " in vain");
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

int count_of(const std::string &all, const std::string &text)
{
    int n = 0;
    for (size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + text.size())) {
        n++;
    }
    return n;
}

void limit_fds(int more)
{
    int end = 0;
    for (; more > 0 || fcntl(end, F_GETFD) != -1; end++) {
        more -= fcntl(end, F_GETFD) == -1;
    }
    rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(end);
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool readable(int fd, int ms)
{
    pollfd p = {fd, POLLIN, 0};
    return fd != -1 && poll(&p, 1, ms) > 0;   // poll would wait for -1
}

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

// True if a socket of this table (/proc/net/tcp or udp) is bound to the port and, for TCP, listens.
static bool in_table(const char *table, uint16_t port, const std::string &wanted_state)
{
    std::ifstream in(table);
    std::string line;
    getline(in, line);
    while (getline(in, line)) {
        std::istringstream fields(line);
        std::string slot, address, remote, state;
        fields >> slot >> address >> remote >> state;
        size_t colon = address.find(':');
        if (colon != std::string::npos && state == wanted_state &&
            std::stoul(address.substr(colon + 1), nullptr, 16) == port) {
            return true;
        }
    }
    return false;
}

bool is_served(uint16_t port)
{
    return in_table("/proc/net/tcp", port, "0A") || in_table("/proc/net/udp", port, "07");
}

// How a program ended, from what waitpid says of it.
static std::string ending(int status)
{
    if (WIFSIGNALED(status)) {
        return std::string("it was ended by the signal ") + strsignal(WTERMSIG(status));
    }
    switch (WEXITSTATUS(status)) {
    case 0: return "it ended by itself";
    case LEAKED: return "it leaked memory";
    case RACED: return "ThreadSanitizer found a data race";
    default: return "it ended with status " + std::to_string(WEXITSTATUS(status));
    }
}

child::child(const program &body, wait_for wait)
{
    std::string how;
    for (int attempt = 0; attempt < 3; attempt++) {
        start(body);
        if (wait == NOTHING) {
            return;
        }
        quiet inner;
        bool up = false, ended = false;
        eventually([&] {
            up = is_served(port);
            ended = exited(&_status);
            return up || ended;
        });
        if (up) {
            return;
        }
        how = ended ? ": " + ending(_status) : " for " + seconds(patience_ms());
        stop();
        // Somebody else may have taken the port between the look and the bind.
        if (!ended || is_free(port)) {
            break;
        }
    }
    ADD_FAILURE() << "nobody listened on the port that the program was given" << how << printed_so_far();
}

void child::start(const program &body)
{
    int control[2];
    if (pipe2(control, O_CLOEXEC) == -1) {
        throw std::runtime_error("pipe2");
    }
    port = free_port();
    _output = memfd_create("output", 0);
    _done = false;
    fflush(nullptr);
    pid_t parent = getpid();
    pid = fork();
    if (pid == 0) {
        in_program = true;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(1);
        }
        alarm(0);
        close(control[1]);
        dup2(_output, 1);
        dup2(_output, 2);
        close(_output);
        fcntl(1, F_SETFL, O_APPEND);
        setvbuf(stdout, nullptr, _IONBF, 0);
        // Waits for the order to stop: no interface of the course has one.
        std::thread([fd = control[0]] {
            char byte;
            while (read(fd, &byte, 1) == -1 && errno == EINTR) {
            }
            end_program(leaked() ? LEAKED : 0);
        }).detach();
        body(port);
        fflush(nullptr);
        end_program(leaked() ? LEAKED : 0);
    }
    close(control[0]);
    _control = control[1];
    fcntl(_output, F_SETFL, O_APPEND);
}

bool child::exited(int *status)
{
    if (!_done && waitpid(pid, status, WNOHANG) == pid) {
        _done = true;
        _status = *status;
    }
    return _done;
}

std::string child::ended_early()
{
    int status = 0;
    return !_to_end && pid > 0 && exited(&status) ? "the program had ended by then: " + ending(_status) : "";
}

int child::wait()
{
    _to_end = true;
    int status = 0;
    if (!eventually([&] { return exited(&status); })) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        _done = true;
        _status = status;
        return -1;
    }
    return WIFEXITED(_status) ? WEXITSTATUS(_status) : -1;
}

int child::stop()
{
    if (_control != -1) {
        close(_control);
        _control = -1;
    }
    return wait();
}

child::~child()
{
    bool asked = _control == -1;
    if (!asked && !_done) {
        if (stop() != 0) {
            ADD_FAILURE() << "the program was not in good health at the end of the test: " << ending(_status) << printed_so_far();
        }
    } else if (!asked) {
        close(_control);
    }
    close(_output);
}

std::string child::output() const
{
    std::string all;
    char buf[4096];
    ssize_t n;
    while ((n = pread(_output, buf, sizeof buf, static_cast<off_t>(all.size()))) > 0) {
        all.append(buf, static_cast<size_t>(n));
    }
    return all;
}

bool child::printed(const std::string &text)
{
    bool found;
    {
        quiet inner;
        found = eventually([&] { return output().find(text) != std::string::npos; });
    }
    note("the program", shown_output(found, text, output()));
    return found;
}

std::string child::printed_so_far() const
{
    std::string all = output();
    return all.empty() ? "" : "\nit printed:\n" + all;
}

static int entries(const std::string &folder)
{
    int n = 0;
    if (DIR *dir = opendir(folder.c_str())) {
        while (dirent *entry = readdir(dir)) {
            n += entry->d_name[0] != '.';
        }
        closedir(dir);
    }
    return n;
}

bool child::has_threads(int n) const
{
    // One more waits for the order to stop; ThreadSanitizer has some of its own.
#if KIT_TSAN
    int others = 3;
#else
    int others = 1;
#endif
    return eventually([&] {
        int all = entries("/proc/" + std::to_string(pid) + "/task");
        return all > n && all <= n + others;
    });
}

int child::fds() const
{
    return entries("/proc/" + std::to_string(pid) + "/fd");
}

// Each of its threads sleeps now.
static bool asleep(pid_t pid)
{
    std::string folder = "/proc/" + std::to_string(pid) + "/task";
    DIR *dir = opendir(folder.c_str());
    bool all = dir != nullptr;
    while (dirent *entry = all ? readdir(dir) : nullptr) {
        if (entry->d_name[0] != '.') {
            std::string id, name, state;
            std::ifstream stat(folder + "/" + entry->d_name + "/stat");
            stat >> id >> name >> state;
            all = state == "S";
        }
    }
    if (dir != nullptr) {
        closedir(dir);
    }
    return all;
}

bool child::comes_to_rest() const
{
    int looks = 0;
    bool rests;
    {
        quiet inner;
        rests = eventually([&] {
            looks = asleep(pid) ? looks + 1 : 0;
            return looks == 20;
        });
    }
    note("the program", rests ? "slept" : "never slept for " + seconds(patience_ms()));
    return rests;
}

long child::rss_kb() const
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    while (in >> word) {
        if (word == "VmRSS:") {
            long kb;
            in >> kb;
            return kb;
        }
    }
    return -1;
}

socket_pair::socket_pair(bool nonblocking)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0, fds) == -1) {
        throw std::runtime_error("socketpair");
    }
    a = fds[0];
    b = fds[1];
}

socket_pair::~socket_pair()
{
    if (a != -1) {
        close(a);
    }
    if (b != -1) {
        close(b);
    }
}

}  // namespace kit
