// The hosts of one module. Its route_lb guards it.
#pragma once

#include <list>
#include <map>

#include "host_info.h"
#include "lars.pb.h"

class load_balance {
public:
    load_balance(int modid, int cmdid) : status(NEW), _modid(modid), _cmdid(cmdid) {}
    load_balance(const load_balance &) = delete;
    load_balance &operator=(const load_balance &) = delete;

    // No host is known.
    bool empty() const { return _hosts.empty(); }

    // The next host into rsp: RET_SUCC; RET_OVERLOAD when none is well; RET_NOEXIST when none is known.
    int choice_one_host(lars::GetHostResponse &rsp);

    // Asks the dns: 0, or -1 when there is no queue yet.
    int pull();

    // These are the hosts now.
    void update(lars::GetRouteResponse &rsp);

    enum STATUS { PULLING, NEW };
    STATUS status;

private:
    int _modid;
    int _cmdid;
    std::map<uint64_t, host_info> _hosts;   // owns them; by address and port
    std::list<host_info *> _idle;           // in the order of their turns
    std::list<host_info *> _overload;       // likewise
    int _passed = 0;                        // choices since an overloaded host was tried
};
