// Stands between an agent and a service: passes everything on until it is told to behave badly.
// In a thread of its own.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "wire_peer.h"

namespace lars::faults {

class bad_peer {
public:
    enum class manner {
        honest,    // passes on
        silent,    // takes connections and whatever is sent, and says nothing
        dripping,  // passes on ten bytes a second of what the service says
        resetting,
        garbage,  // says noise
    };

    // Listens on a free port of 127.0.0.1 for what shall reach IP:PORT.
    bad_peer(std::string ip, uint16_t port);
    ~bad_peer();

    uint16_t port() const { return _listener.port(); }
    // Any thread. It holds for the connections that there are, too.
    void behave(manner how) { _manner = how; }

private:
    struct pair {
        test::wire_peer agent;
        test::wire_peer service;
        std::string to_service;  // while it is silent: a kernel would keep it
        std::string dripping;
        std::chrono::steady_clock::time_point next_drip;
        bool over = false;
    };

    void run();
    void accept();
    void serve(pair &p);
    void answer(pair &p, manner how, const std::string &said);

    const std::string _ip;
    const uint16_t _port;
    test::wire_peer _listener;
    std::vector<pair> _pairs;
    std::atomic<manner> _manner{manner::honest};
    std::atomic<bool> _ending{false};
    std::thread _thread;
};

}  // namespace lars::faults
