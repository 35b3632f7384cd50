// One host of a module, and how its calls have gone.
#pragma once

#include <cstdint>

struct host_info {
    host_info(uint32_t host_ip, int host_port, uint32_t init_vsucc);

    // From now on it is handed out, or spared. All counts begin anew.
    void set_idle();
    void set_overload();

    // Did so large a share of the window's calls fail that the host is overloaded?
    bool check_window();

    uint32_t ip;
    int port;

    // What decides: successes and failures that count, the first ones given on trust.
    uint32_t vsucc;
    uint32_t verr;

    // What has really happened.
    uint32_t rsucc;
    uint32_t rerr;

    // How many in a row, up to now.
    uint32_t contin_succ;
    uint32_t contin_err;

    bool overload;       // it failed too often and is spared

    long idle_ts;        // when its window began, while it is idle
    long overload_ts;    // when its time to rest began, while it is overloaded
    bool probe_failed;   // it failed within that time
};
