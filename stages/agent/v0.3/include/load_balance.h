// The hosts of one module, and which of them is next. One thread at a time: route_lb sees to it.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>

#include "host_info.h"
#include "lars.pb.h"

class load_balance {
public:
    load_balance(int modid, int cmdid);

    enum STATUS { PULLING, NEW };

    // No host is known.
    bool empty() const;

    // Puts the next host into rsp: RET_SUCC. While hosts are overloaded, every choice after
    // probe_num others tries one of them; RET_OVERLOAD when there are only such and it is none
    // of their turns. RET_NOEXIST when no host is known.
    int choice_one_host(lars::GetHostResponse &rsp);

    // Asks the dns for the route. -1 when there is no queue yet: then the next use asks.
    int pull();

    // The route is now what rsp says: hosts that stay keep what is known of them.
    void update(lars::GetRouteResponse &rsp);

    STATUS status;   // PULLING: asked, and not yet answered

private:
    static void choose_first(std::list<host_info *> &hosts, lars::GetHostResponse &rsp);

    int _modid;
    int _cmdid;
    std::map<uint64_t, std::unique_ptr<host_info>> _host_map;   // from (ip << 32) + port
    std::list<host_info *> _idle_list;       // the first one is next
    std::list<host_info *> _overload_list;   // here too
    int _access_cnt;                         // choices since the last try of an overloaded host
};
