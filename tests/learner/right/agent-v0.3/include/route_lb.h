// The modules of one UDP server. Used by that server's thread and by the dns client's.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "load_balance.h"

class route_lb {
public:
    explicit route_lb(int server_id) : _server_id(server_id) {}

    // The next host of the module into rsp, or why there is none: the retcode, also in rsp.
    int get_host(int modid, int cmdid, lars::GetHostResponse &rsp);

    // The dns says which hosts the module has. 0.
    int update_host(int modid, int cmdid, lars::GetRouteResponse &rsp);

    int server_id() const { return _server_id; }

private:
    int _server_id;   // 1 to 3
    std::mutex _mutex;
    std::map<std::pair<int, int>, load_balance> _modules;   // guarded by _mutex
};
