// Whoever is told when clients of the table would see something else of a module. One
// thread, that of the route_lb.
#pragma once

#include "load_balance.h"
#include "route.h"

namespace lars {

class route_watcher {
public:
    virtual ~route_watcher() = default;

    // Both are called from within calls of the route_lb, and may not call it back.

    // What HOSTS shows in the table is new, or another than last time. HOSTS is valid until
    // this returns.
    virtual void changed(const module_id &module, const load_balance &hosts, lb_time now) = 0;
    // The module is not shown any longer.
    virtual void gone(const module_id &module) = 0;
};

}  // namespace lars
