#include "route_lb.h"

int route_lb::get_host(int modid, int cmdid, lars::GetHostResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    load_balance &lb = _modules.try_emplace({modid, cmdid}, modid, cmdid).first->second;
    int ret = lb.choice_one_host(rsp);
    if (lb.empty() && lb.status == load_balance::NEW) {
        lb.pull();
    }
    rsp.set_retcode(ret);
    return ret;
}

int route_lb::update_host(int modid, int cmdid, lars::GetRouteResponse &rsp)
{
    std::lock_guard<std::mutex> lock(_mutex);
    if (rsp.host_size() == 0) {
        _modules.erase({modid, cmdid});
    } else {
        _modules.try_emplace({modid, cmdid}, modid, cmdid).first->second.update(rsp);
    }
    return 0;
}
