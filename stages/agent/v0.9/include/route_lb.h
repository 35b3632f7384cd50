// The modules of one of the three servers. Any thread: the server's own asks, that of the dns
// client brings routes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "lars.pb.h"
#include "load_balance.h"

// Which of the three servers, 0 to 2, a module belongs to. Programs know it too: they ask there.
int lb_index(int modid, int cmdid);

class route_lb {
public:
    explicit route_lb(int server_id);   // 1 to 3

    // Puts a host of the module, and the retcode that is also returned, into rsp. A module
    // that is heard of for the first time is RET_NOEXIST, and its route is asked for.
    int get_host(int modid, int cmdid, lars::GetHostResponse &rsp);

    // A route has come. Without hosts it says that there is no such module.
    int update_host(int modid, int cmdid, lars::GetRouteResponse &rsp);

    // A program tells how a call went. What it tells of unknown modules is nothing.
    void report_host(lars::ReportRequest req);

    // Puts all hosts of the module into rsp, those that are well first: RET_SUCC, also when none
    // is known (then the route is asked for).
    int get_route(int modid, int cmdid, lars::GetRouteResponse &rsp);

    // There is a new connection to the dns: what was asked on the old one may never be answered,
    // so the next use of each module that waits asks again.
    void reset_lb_status();

    const int id;   // of the server it belongs to

private:
    // A module is used: is its route to be asked for?
    static void keep_fresh(load_balance *lb);
    load_balance *module_of(int modid, int cmdid);   // made when it is new

    std::mutex _mutex;   // guards the rest
    std::map<uint64_t, std::unique_ptr<load_balance>> _route_lb_map;   // from (modid << 32) + cmdid
};
