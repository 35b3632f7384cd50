// A UDP socket that is connected to one port of an agent, so that only datagrams from
// there arrive. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace lars {

class agent_socket {
public:
    using clock = std::chrono::steady_clock;

    agent_socket() = default;
    ~agent_socket();
    agent_socket(const agent_socket &) = delete;
    agent_socket &operator=(const agent_socket &) = delete;

    // Where one of these fails, WHY becomes the reason.

    // Unless it is open. Opens the socket to that address. PORT is in 1..65535. False if IP is no
    // IPv4 address or the system gives no socket; then it may be tried again.
    bool open(const std::string &ip, int port, std::string &why);
    // After open(). Sends one datagram, without waiting. False if it cannot be sent.
    bool send(const void *data, size_t size, std::string &why);

    // After open(). Waits for a datagram until DEADLINE, writes the first SPACE bytes of
    // it to DATA and returns how many that are, or -1. Past the deadline it still takes
    // one that is there, so that a slow scheduler does not lose an answer.
    ssize_t receive(void *data, size_t space, clock::time_point deadline, std::string &why);

    // It may be opened again then. A parent's socket stays open for the parent; and what
    // a child has put in its place stays open for the child.
    void close();

    bool is_open() const { return _fd >= 0; }

private:
    std::string describe(int err) const;
    bool is_still_ours() const;

    int _fd = -1;
    dev_t _device = 0;  // with _inode, which socket it is
    ino_t _inode = 0;
    std::string _peer;
};

}  // namespace lars
