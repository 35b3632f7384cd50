// What a program links to ask the agent of its machine.
// One client for each thread: it is not made to be shared.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

typedef std::pair<std::string, int> ip_port;
typedef std::vector<ip_port> route_set;
typedef route_set::iterator route_set_it;

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

    // Makes the agent know a module before it is needed: 0 when it does, 3 when it does not
    // after three times, 50 ms apart.
    int reg_init(int modid, int cmdid);

    // The host to call next. ip and port are set when 0 is returned.
    int get_host(int modid, int cmdid, std::string &ip, int &port);

    // A call to this host has ended: retcode 0 if it went well. The agent sends no answer.
    void report(int modid, int cmdid, const std::string &ip, int port, int retcode);

    // All hosts of the module, those that are well first; none while the agent does not know it.
    // Returns 0, or 2 when there is no answer.
    int get_route(int modid, int cmdid, route_set &route);

private:
    int socket_of(int modid, int cmdid) const;

    int _sockfd[3];
    uint32_t _seqid;
};
