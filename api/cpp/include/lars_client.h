// lars_client: asks the Lars agent of this machine which server to call, and
// tells it how the call went.
//
//     lars::lars_client client;
//     std::string ip;
//     int port = 0;
//     if (client.get_host(modid, cmdid, ip, port) == lars::lars_client::RET_SUCC) {
//         int retcode = call_the_server(ip, port);  // 0: it went well
//         client.report(modid, cmdid, ip, port, retcode, milliseconds);
//     }
//
// Link with -llarsclient -lprotobuf -pthread. Nothing here throws, prints or
// exits, and every call returns within the deadline, agent or no agent.
//
// One thread at a time: give each thread a client of its own. After fork() the
// child makes a new one.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lars {

class lars_client {
public:
    // What the calls return. They live in the class, so this header and the
    // generated lars.pb.h can be included together.
    static constexpr int RET_SUCC = 0;
    static constexpr int RET_OVERLOAD = 1;      // every host of the module is overloaded
    static constexpr int RET_SYSTEM_ERROR = 2;  // no answer from an agent; error() says why
    static constexpr int RET_NOEXIST = 3;       // the agent has no such module (yet)

    static constexpr int DEFAULT_PORT = 8888;
    static constexpr int DEFAULT_DEADLINE_MS = 100;

    struct host {
        std::string ip;
        int port = 0;
    };

    // The agent listens at AGENT_IP on BASE_PORT and the two ports after it.
    // Mistakes here, or having no descriptor left, make the calls return
    // RET_SYSTEM_ERROR; a client that could not open its sockets tries again
    // at the next call.
    explicit lars_client(const std::string &agent_ip = "127.0.0.1", int base_port = DEFAULT_PORT);
    ~lars_client();
    lars_client(lars_client &&other) noexcept;
    lars_client &operator=(lars_client &&other) noexcept;

    // How long a call waits for the agent's answer; less than 1 counts as 1.
    void set_deadline(int milliseconds);

    // The host to call next. ip and port are set with RET_SUCC and otherwise
    // left alone. A module that the agent has not heard of is RET_NOEXIST, and
    // from then on the agent fetches it.
    int get_host(int modid, int cmdid, std::string &ip, int &port);

    // How a call of that host went: retcode 0 is a success, anything else a
    // failure. timecost_ms is the number of milliseconds that the call took.
    // When the agent decides whether the host is set aside, it compares failures
    // with successes, and a failure weighs timecost_ms / 100 there, at least 1
    // and at most 50: a call that hung for a second weighs as much as ten that
    // were refused. A run of failures counts calls, whatever they weigh. Without
    // timecost_ms, or with 0, a failure weighs 1. For a success the agent ignores
    // timecost_ms.
    // The agent does not answer, so RET_SUCC means that the report was sent;
    // RET_SYSTEM_ERROR, that it could not be.
    int report(int modid, int cmdid, const std::string &ip, int port, int retcode,
               int timecost_ms = 0);

    // All hosts of the module, overloaded or not. The route is replaced with
    // RET_SUCC and otherwise left alone. A route that does not fit a datagram
    // comes cut to what fits.
    int get_route(int modid, int cmdid, std::vector<host> &route);

    // Waits until the agent has the route of a module: asks up to three times,
    // 50 ms apart. For the start of a program, so that its first get_host finds
    // a host. Returns what the last try gave.
    int reg_init(int modid, int cmdid);

    // Why the last call returned RET_SYSTEM_ERROR; empty if it did not.
    const std::string &error() const;

    // "RET_OVERLOAD" for 1, and so on.
    static const char *retcode_name(int retcode);

private:
    struct impl;
    std::unique_ptr<impl> _impl;
};

}  // namespace lars
