// Pairs of get_host and report of a program that uses lars_client, over modules in turn; and
// the least that such a pair can be.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "lars_client.h"
#include "measurement.h"
#include "status.h"

namespace lars::bench {

struct local_load_options {
    std::string agent_ip = "127.0.0.1";
    int agent_port = lars_client::DEFAULT_PORT;
    // (modid, cmdid), (modid, cmdid + 1), and so on.
    int modid = 1, cmdid = 1, modules = 1;
    bool local = true;  // false: by UDP
    pid_t agent = 0;    // whose processor time counts; 0: nobody's
    std::chrono::seconds prepared_within{10};
};

// One thread.
class local_load {
public:
    explicit local_load(const local_load_options &options);

    // Asks for the modules until each has a host, and is chosen by the local path if that is
    // wanted. An error says what is lacking when the time for it is over.
    status prepare();
    // Chooses, and reports a success, for a fifth of SECONDS and then for SECONDS that count. A
    // pair that does not go the way that is wanted makes it worth nothing.
    measurement run(double seconds);

private:
    // Whether all modules are ready. Sets _why if not.
    bool ask_for_all();
    int pairs(std::string *error);

    const local_load_options _options;
    const int _passes;  // over all modules, between two looks at the clock
    lars_client _client;
    std::string _ip, _why;
};

// The same loop over as many modules of three hosts, each of them an array with an atomic
// number for whose turn it is, and with two counters for each host: no names, no weights, no
// health, and nobody who would read what is counted.
measurement run_bare_turns(int modules, double seconds);

}  // namespace lars::bench
