// What every stage's tests share: free ports, programs run as child processes,
// and peers that speak plain bytes over real sockets. For tests only.
#ifndef STAGES_TESTING_H
#define STAGES_TESTING_H

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "journal.h"

// g++ says by a macro which sanitizer is built in, clang++ by a question.
#if defined(__has_feature)
#define KIT_ASAN __has_feature(address_sanitizer)
#define KIT_TSAN __has_feature(thread_sanitizer)
#else
#if defined(__SANITIZE_ADDRESS__)
#define KIT_ASAN 1
#else
#define KIT_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__)
#define KIT_TSAN 1
#else
#define KIT_TSAN 0
#endif
#endif
#define KIT_SANITIZED (KIT_ASAN || KIT_TSAN)

class event_loop;

namespace kit {

// How long a test waits for what must come (LARS_TEST_PATIENCE_MS says otherwise), and how long it
// listens for what must not.
int patience_ms();
constexpr int SILENCE_MS = 150;

// A port on 127.0.0.1 that is free for TCP and UDP, outside the range from which
// the system takes the ports of outgoing connections. No other test program of the
// stages that runs now is given it.
uint16_t free_port();
bool is_free(uint16_t port);

// Something listens on that port (TCP), or is bound to it (UDP).
bool is_served(uint16_t port);

// The bytes of one frame: two little-endian int32, msgid and msglen, then the body.
std::string frame(int msgid, const std::string &body);
// A header alone, for lengths that are lies.
std::string frame_head(int msgid, int msglen);

// Waits until condition() holds; false when patience_ms() have passed.
bool eventually(const std::function<bool()> &condition);

// One end of a TCP connection. What it does is written into the journal.
class peer {
public:
    peer() = default;
    explicit peer(uint16_t port);             // connects to 127.0.0.1; see ok()
    static peer adopt(int fd);                // takes over a connected socket
    peer(peer &&other) noexcept : fd(other.fd), who(std::move(other.who)) { other.fd = -1; }
    peer &operator=(peer &&other) noexcept;
    ~peer() { close(); }

    bool ok() const { return fd != -1; }
    bool send(const std::string &bytes);      // all of them, or false
    std::string recv(size_t n);               // n bytes; fewer if the peer closes or falls silent
    std::string recv_some();                  // what one recv() gives
    std::string recv_all();                   // until the peer closes
    bool silent(int ms = SILENCE_MS);         // true: nothing came, and it is still open
    bool closed();                            // true: the peer closed or reset; data before it is skipped
    bool send_frame(int msgid, const std::string &body);
    bool recv_frame(int *msgid, std::string *body);
    // "msgid:body" of the next frame, or "" if none comes.
    std::string next();
    void shut_write();
    void reset();                             // closes with RST
    void close();
    void name(const std::string &role);       // for the journal: a number is added

    int fd = -1;
    std::string who;

    // Connects with a small receive buffer: what is not read here soon waits at the other side.
    static peer with_small_buffer(uint16_t port);
    // Waits until the program at the other end has read everything that was sent; false if it does not.
    bool was_read() const;
    // Sends bytes in two parts, the second when the first was read: the other side sees the cut.
    bool send_cut(const std::string &bytes, size_t after);
    // Sends bytes and reads nothing until the other side has read them all, or reads no more;
    // then reads n bytes in small pieces, sending the rest meanwhile. What was read.
    std::string send_and_read_slowly(const std::string &bytes, size_t n);
    std::string read_slowly(size_t n) { return send_and_read_slowly("", n); }
    // n bytes of which no two stretches are alike, so that a gap or a mix-up is seen.
    static std::string pattern(size_t n);
    // "" when both are the same; else what came instead, in a sentence.
    static std::string difference(const std::string &expected, const std::string &came);
};

// A listening socket on 127.0.0.1, for tests of clients.
class listener {
public:
    explicit listener(uint16_t wanted_port = 0);
    ~listener() { close(); }
    listener(const listener &) = delete;
    listener &operator=(const listener &) = delete;

    peer accept();                            // !ok() when nobody comes
    void close();

    uint16_t port = 0;
    int fd = -1;
};

// A UDP socket on 127.0.0.1.
class udp_peer {
public:
    explicit udp_peer(uint16_t port);         // sends to, and hears from, that port only
    ~udp_peer() { ::close(fd); }
    udp_peer(const udp_peer &) = delete;
    udp_peer &operator=(const udp_peer &) = delete;

    bool send(const std::string &datagram);
    // The next datagram; "" with *error = errno when there is none.
    std::string recv(int *error = nullptr, int ms = patience_ms());
    std::string next();                       // "msgid:body", or "" if none comes

    int fd;
};

// A program (what a reader would write in main) running in a child process. It
// cannot outlive the test: it ends when the test asks, or when the test dies.
class child : private watched {
public:
    typedef std::function<void(uint16_t port)> program;
    enum wait_for { LISTENING, NOTHING };

    // Picks a free port, runs body(port), and waits until something listens there.
    explicit child(const program &body, wait_for wait = LISTENING);
    ~child();                                 // stops it; it must have been in good health
    child(const child &) = delete;
    child &operator=(const child &) = delete;

    // Ends it. 0: it was running, or had returned, and had leaked nothing.
    int stop();
    // Waits for it to end by itself; its exit status, or -1.
    int wait();
    std::string output() const;               // stdout and stderr together
    bool printed(const std::string &text);    // waits until the output holds text
    bool has_threads(int n) const;            // waits until the program has n, with its first
    int fds() const;                          // how many file descriptors it has open
    bool comes_to_rest() const;               // waits until all its threads are seen asleep for a while
    long rss_kb() const;

    uint16_t port = 0;
    pid_t pid = -1;

private:
    void start(const program &body);
    bool exited(int *status);
    std::string printed_so_far() const;
    std::string ended_early() override;

    int _control = -1;
    int _output = -1;
    bool _done = false;
    bool _to_end = false;   // the test waits for its end
    int _status = 0;
};

// Reports of ThreadSanitizer in the tests' own process since the last call.
int new_races();

// Called in a program: from now on it can open only this many more file descriptors.
void limit_fds(int more);

// How many times text occurs in all.
int count_of(const std::string &all, const std::string &text);

// Thrown through event_process(), which has no other end.
struct loop_done {};

// Runs a stage's loop in this thread until done() holds; false after patience_ms().
template <typename Loop>
bool run_until(Loop &loop, const std::function<bool()> &done, int patience = patience_ms())
{
    struct watch {
        const std::function<bool()> *done;
        std::chrono::steady_clock::time_point end;
        bool result;
    } state = {&done, std::chrono::steady_clock::now() + std::chrono::milliseconds(patience), false};
    int tick = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    itimerspec each_ms = {{0, 1000000}, {0, 1000000}};
    timerfd_settime(tick, 0, &each_ms, nullptr);
    auto check = [](event_loop *, int fd, void *args) {
        uint64_t n;
        if (read(fd, &n, sizeof n) < 0) {
            return;
        }
        watch *w = static_cast<watch *>(args);
        w->result = (*w->done)();
        if (w->result || std::chrono::steady_clock::now() >= w->end) {
            throw loop_done();
        }
    };
    loop.add_io_event(tick, +check, EPOLLIN, &state);
    try {
        loop.event_process();
    } catch (const loop_done &) {
    }
    loop.del_io_event(tick);
    close(tick);
    return state.result;
}

// A connected pair of sockets, both non-blocking if asked for.
struct socket_pair {
    explicit socket_pair(bool nonblocking = true);
    ~socket_pair();
    socket_pair(const socket_pair &) = delete;
    socket_pair &operator=(const socket_pair &) = delete;
    int a = -1, b = -1;
};

}  // namespace kit

#endif
