// Asks an agent why it treats the hosts of a module as it does. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent_socket.h"
#include "lars.pb.h"
#include "tool_args.h"

namespace lars {

class explain_client {
public:
    // The agent listens at IP, an IPv4 address, on PORT and the two ports after it.
    explain_client(const std::string &ip, int port, const tool_module &module);

    // Asks for all of the module's hosts, with as many questions as that takes, and waits
    // a second at most for each answer. False, and error() says why, if there is no
    // answer; then *OUT may hold anything.
    bool ask(ExplainResponse *out);

    // Why the last ask() failed.
    const std::string &error() const { return _error; }
    // The port of the agent that knows the module, as "127.0.0.1:8889".
    std::string agent() const { return _ip + ":" + std::to_string(_port); }

private:
    bool ask_all(ExplainResponse *out, bool *changed);
    bool ask_from(int first, ExplainResponse *out);
    bool send(const ExplainRequest &request);
    bool is_answer(const ExplainRequest &request, size_t size, ExplainResponse *out) const;

    std::string _ip;
    int _port;
    tool_module _module;
    agent_socket _socket;
    uint32_t _seq;
    std::vector<char> _space;  // for a datagram
    std::string _error;
};

}  // namespace lars
