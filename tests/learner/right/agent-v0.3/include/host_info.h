// One host, and how its calls went.
#pragma once

#include <cstdint>

struct host_info {
    host_info(uint32_t ip, int port, uint32_t init_vsucc) : ip(ip), port(port), vsucc(init_vsucc) {}

    uint32_t ip;
    int port;
    uint32_t vsucc, verr = 0;    // with those on trust: what the rules look at
    uint32_t rsucc = 0, rerr = 0;   // really made
    uint32_t contin_succ = 0, contin_err = 0;   // in a row
    bool overload = false;
};
