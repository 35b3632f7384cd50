// What the tests of the network library share. Header only.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "loop_thread.h"
#include "tcp_server.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::test {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

inline endpoint loopback(uint16_t port = 0)
{
    return {INADDR_LOOPBACK, port};
}

// Keeps log lines, but for those for debugging. Any thread.
class log_recorder {
public:
    log_sink sink()
    {
        return [this](log_level level, const std::string &line) {
            if (level == log_level::debug)
                return;
            std::lock_guard<std::mutex> lock(_mutex);
            _lines.push_back(line);
        };
    }
    size_t count(const std::string &text) const
    {
        std::lock_guard<std::mutex> lock(_mutex);
        size_t found = 0;
        for (const std::string &line : _lines)
            found += line.find(text) != std::string::npos;
        return found;
    }

private:
    mutable std::mutex _mutex;
    std::vector<std::string> _lines;
};

// Runs LOOP in this thread, without a pause, until DONE(); false if that takes
// more than ten seconds.
inline bool run_until(event_loop &loop, const std::function<bool()> &done)
{
    const auto deadline = event_loop::clock::now() + std::chrono::seconds(10);
    bool result = false;
    std::function<void()> look = [&] {
        result = done();
        if (result || event_loop::clock::now() >= deadline)
            loop.stop();
        else
            loop.add_task(look);
    };
    loop.add_task(look);
    EXPECT_TRUE(loop.event_process().ok());
    return result;
}

// Runs LOOP in this thread for so many rounds, so that all that waits is handled.
inline void run_rounds(event_loop &loop, int rounds = 20)
{
    EXPECT_TRUE(run_until(loop, [&] { return rounds-- == 0; }));
}

// Runs LOOP in this thread and counts how often it wakes up until a timer of that time,
// which is 1 where nothing else is to be done.
inline uint64_t wakeups_within(event_loop &loop, milliseconds time)
{
    uint64_t count = 0;
    loop.add_task([&] {
        loop.run_after(time, [&, before = loop.wakeups()] {
            count = loop.wakeups() - before;
            loop.stop();
        });
    });
    EXPECT_TRUE(loop.event_process().ok());
    return count;
}

// Runs WORK in LOOP, which runs in another thread, and waits for its end.
template <typename callable>
auto in_loop(event_loop *loop, callable work)
{
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    auto shared = std::make_shared<decltype(task)>(std::move(task));
    loop->add_task([shared] { (*shared)(); });
    return result.get();
}

inline msg_callback echo()
{
    return [](const char *data, uint32_t len, int msgid, net_connection &conn) {
        conn.send_message(data, len, msgid);
    };
}

// Counts the messages, and sends each back so many times.
inline msg_callback counted_echo(int *handled, int times = 1)
{
    return [=](const char *data, uint32_t len, int msgid, net_connection &conn) {
        ++*handled;
        for (int i = 0; i < times; ++i)
            conn.send_message(data, len, msgid);
    };
}

inline tcp_server_options with_threads(int threads)
{
    tcp_server_options options;
    options.threads = threads;
    return options;
}

// A tcp_server whose accepting loop has a thread of its own. Message 1 is echoed.
class running_server {
public:
    explicit running_server(const tcp_server_options &options = {})
        : thread(log.sink()), server(thread.loop(), options)
    {
        EXPECT_TRUE(server.add_msg_router(1, echo()).ok());
        EXPECT_TRUE(server.bind(loopback()).ok());
        port = server.address().port;
    }
    ~running_server() { thread.stop(); }

    void start()
    {
        const status s = server.start();
        ASSERT_TRUE(s.ok()) << s.message();
        ASSERT_TRUE(thread.start().ok());
    }
    wire_peer connect() const
    {
        wire_peer peer;
        EXPECT_TRUE(peer.connect_tcp(port));
        return peer;
    }

    log_recorder log;
    uint16_t port = 0;
    loop_thread thread;
    tcp_server server;
};

// True if a frame of message 1 comes back as it was sent.
inline bool echoes(wire_peer &peer, const std::string &body = "ping")
{
    if (!peer.send_frame(1, body))
        return false;
    const auto answer = peer.receive_frame();
    return answer && answer->msgid == 1 && answer->body == body;
}

// Memory that this process has in use.
inline size_t resident_bytes()
{
    std::ifstream in("/proc/self/statm");
    size_t all = 0;
    size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// Bytes that show where they were cut or mixed up.
inline std::string pattern(size_t size, unsigned seed = 0)
{
    std::string text(size, '\0');
    for (size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>((i * 31 + i / 251 + seed * 97) & 0xff);
    return text;
}

// Two connected, non-blocking sockets.
struct socket_pair {
    unique_fd ours;
    unique_fd theirs;

    socket_pair()
    {
        int fds[2] = {-1, -1};
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
        ours.reset(fds[0]);
        theirs.reset(fds[1]);
    }
};

inline void put(int fd, const std::string &bytes)
{
    // By a call that faults.h leaves alone.
    ASSERT_EQ(sendto(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL, nullptr, 0),
              static_cast<ssize_t>(bytes.size()));
}

// All that has arrived; *ended is set at the end of the stream.
inline std::string take(int fd, bool *ended = nullptr)
{
    std::string all;
    char space[65536];
    ssize_t got = 0;
    while ((got = recv(fd, space, sizeof space, MSG_DONTWAIT)) > 0)
        all.append(space, static_cast<size_t>(got));
    if (ended)
        *ended = got == 0 || errno == ECONNRESET;
    return all;
}

}  // namespace lars::test
