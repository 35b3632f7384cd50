// A UDP socket connected to one port of an agent: only datagrams from there
// arrive. One thread.
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

    // Each returns false (receive: -1) with the reason in WHY. PORT is in 1..65535.
    bool open(const std::string &ip, int port, std::string &why);
    bool send(const void *data, size_t size, std::string &why);

    // The size of the next datagram. Past the deadline it still takes one that
    // is already there, so that a slow scheduler does not lose an answer.
    ssize_t receive(void *data, size_t space, clock::time_point deadline, std::string &why);

    bool is_open() const { return _fd >= 0; }

private:
    std::string describe(int err) const;

    int _fd = -1;
    std::string _peer;
};

}  // namespace lars
