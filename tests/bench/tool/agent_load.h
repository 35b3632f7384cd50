// Calls of programs at an agent: asks for a host, reports a success of it, and so on, with so
// many questions under way.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "endpoint.h"
#include "lars.pb.h"
#include "latencies.h"
#include "route.h"
#include "status.h"
#include "unique_fd.h"

namespace lars::bench {

struct agent_load_options {
    endpoint server;  // the agent's port for the module
    module_id module;
    int in_flight = 1;
    std::chrono::seconds length{10};
};

// One thread; a program has one for each of its threads.
class agent_load {
public:
    explicit agent_load(const agent_load_options &options);

    // Asks once, or a few times. An error if nobody answers.
    status open();
    // Asks until the module has a host, for a second at most: what an agent is asked for the
    // first time, it has to ask a dns.
    void wait_for_host();
    // Asks until the time is over or a signal comes. A question without an answer for a second
    // is lost, and another takes its place.
    void run();

    const latencies &answered() const { return _answered; }
    // How many answers had that LarsRetCode, and how many none of them.
    const std::array<uint64_t, 4> &retcodes() const { return _retcodes; }
    uint64_t wrong() const { return _wrong; }  // datagrams that are no answer
    uint64_t lost() const { return _lost; }
    std::chrono::duration<double> lasted() const { return _lasted; }

private:
    using clock = std::chrono::steady_clock;

    struct question {
        uint32_t seq = 0;  // 0: not under way
        clock::time_point sent;
    };

    void ask_once();
    void forget();
    void ask(question *next, clock::time_point now);
    void report(const HostInfo &host);
    void send(int msgid, const google::protobuf::MessageLite &body);
    // Everything that has arrived.
    void receive();
    void take(const char *data, size_t length, clock::time_point now);
    void replace_lost(clock::time_point now);

    const agent_load_options _options;
    unique_fd _fd;
    std::vector<question> _questions;
    uint32_t _turn = 0;  // of the questions, so that a late answer has another seq
    GetHostRequest _request;
    GetHostResponse _response;
    ReportRequest _report;
    std::string _datagram;
    latencies _answered;
    std::array<uint64_t, 4> _retcodes{};
    uint64_t _wrong = 0, _lost = 0;
    std::chrono::duration<double> _lasted{0};
};

}  // namespace lars::bench
