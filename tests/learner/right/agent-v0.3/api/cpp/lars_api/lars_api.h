// Asks the agent of this machine for hosts. A thread has a lars_client of its own.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>

class lars_client {
public:
    lars_client();                               // 127.0.0.1, port 8888, or that in $LARS_AGENT_PORT
    lars_client(const char *ip, int base_port);  // base_port and the next two
    ~lars_client();
    lars_client(const lars_client &) = delete;
    lars_client &operator=(const lars_client &) = delete;

    // 0: ip and port are set. 1: overload. 2: no agent, or no answer in time. 3: not known (yet).
    int get_host(int modid, int cmdid, std::string &ip, int &port);

private:
    void open(const char *ip, int base_port);
    int socket_of(int modid, int cmdid) const;

    int _fds[3];
    uint32_t _seq = 0;
};
