// An agent as far as a client can see: three UDP ports, and answers that a test
// decides. The handler runs in the agent's own thread; everything else here may
// be called from any.
#pragma once

#include <netinet/in.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lars.pb.h"

namespace lars::test {

class fake_agent {
public:
    struct request {
        int port_index = 0;
        int32_t msgid = 0;
        std::string datagram;  // header and body
        std::string body;
        std::chrono::steady_clock::time_point at;
    };
    // Sends one datagram to whoever asked.
    using reply = std::function<void(const std::string &datagram)>;
    using handler = std::function<void(const request &asked, const reply &answer)>;

    explicit fake_agent(handler on_request);
    ~fake_agent();

    // On three free ports, or on those that a test knows to be free.
    bool start();
    bool start_on(int base_port);
    // start() in two steps: until the second there is no thread, and who asks waits.
    bool take_ports();
    void begin_to_answer();
    int base_port() const { return _base_port; }

    std::vector<request> requests() const;
    std::vector<request> requests(MessageId msgid) const;
    // The bodies of the reports that have come.
    std::vector<ReportRequest> reports() const;

private:
    bool bind_all(int base_port);
    void close_all();
    void serve();
    void serve_one(int port_index);

    handler _on_request;
    int _base_port = 0;
    int _fds[3] = {-1, -1, -1};
    std::atomic<bool> _stop{false};
    std::thread _thread;
    mutable std::mutex _mutex;
    std::vector<request> _requests;  // guarded by _mutex
};

// Whole frames.
std::string frame_of(MessageId msgid, const google::protobuf::MessageLite &body);

// The right answers to a request, which a test may bend before it sends them.
GetHostResponse host_answer(const fake_agent::request &asked,
                            const std::string &ip = "192.168.1.177", int port = 7777);
GetHostResponse host_refusal(const fake_agent::request &asked, LarsRetCode retcode);
GetRouteResponse route_answer(const fake_agent::request &asked, int hosts);

// Answers get_host with this host, get_route with route_answer's three, reports
// not at all.
fake_agent::handler good_agent(const std::string &ip = "192.168.1.177", int port = 7777);

// Answers get_host with this retcode, get_route without hosts.
fake_agent::handler refusing_agent(LarsRetCode retcode);

// Knows no module until get_route has asked once before, as an agent that was just
// started; good_agent from then on.
fake_agent::handler fresh_agent();

// Says nothing.
fake_agent::handler silent_agent();

}  // namespace lars::test
