// What a program links to ask the agent of its machine.
// One client for each thread: it is not made to be shared.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>

// What the calls return: 0 is well.
//   1   overload: the module has hosts, and none of them is well
//   2   system error: no agent, or no answer in time
//   3   no such module, or the agent does not know its route yet: it is asking for it
class lars_client {
public:
    // The agent on 127.0.0.1, ports 8888 to 8890, or from the one that the environment names in
    // LARS_AGENT_PORT. It need not be there yet.
    lars_client();
    // The agent there, on base_port and the next two. A wrong address ends the process with a
    // message.
    lars_client(const char *ip, int base_port);
    ~lars_client();
    lars_client(const lars_client &) = delete;
    lars_client &operator=(const lars_client &) = delete;

    // The host to call next. ip and port are set when 0 is returned.
    int get_host(int modid, int cmdid, std::string &ip, int &port);

private:
    int socket_of(int modid, int cmdid) const;

    int _sockfd[3];
    uint32_t _seqid;
};
