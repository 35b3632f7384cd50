// The least that telling many subscribers can cost: a thread that writes the same bytes to
// each of them in turn.
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "unique_fd.h"

namespace lars::bench {

class bare_pusher {
public:
    ~bare_pusher();
    // Listens, and answers so many connections with ANSWER. False if it cannot.
    bool start(int subscribers, const std::string &answer);
    uint16_t port() const { return _port; }

    // Sends them NEWS, which stays as it is until all have it. Does not wait for that.
    void push(const std::string *news);

private:
    void serve(size_t subscribers, const std::string &answer);

    uint16_t _port = 0;
    unique_fd _listening, _orders_in, _orders_out;  // an order is a pointer to the news
    std::vector<unique_fd> _subscribers;
    std::thread _thread;
};

}  // namespace lars::bench
