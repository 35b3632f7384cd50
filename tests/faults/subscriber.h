// Subscribes to every module at a dns, as an agent does, and has each route that comes checked.
// It connects anew whenever the connection ends. In a thread of its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "checker.h"

namespace lars::faults {

class subscriber {
public:
    subscriber(checker &judge, std::string ip, uint16_t port);
    ~subscriber();

private:
    void run();
    void watch();

    checker &_judge;
    const std::string _ip;
    const uint16_t _port;
    std::atomic<bool> _ending{false};
    std::thread _thread;
};

}  // namespace lars::faults
