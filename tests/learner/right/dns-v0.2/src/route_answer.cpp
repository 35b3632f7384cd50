#include "route_answer.h"

#include "dns_route.h"
#include "lars.pb.h"
#include "message.h"

std::string route_answer(int modid, int cmdid)
{
    lars::GetRouteResponse response;
    response.set_modid(modid);
    response.set_cmdid(cmdid);

    size_t size = response.ByteSizeLong();
    for (uint64_t key : Route::instance()->get_hosts(modid, cmdid)) {
        lars::HostInfo host;
        host.set_ip(static_cast<int32_t>(key >> 32));
        host.set_port(static_cast<int32_t>(key & 0xffffffff));
        size += 2 + host.ByteSizeLong();   // a tag and a length, below 128, before it
        if (size > MESSAGE_LENGTH_LIMIT) {
            break;
        }
        response.add_host()->Swap(&host);
    }
    return response.SerializeAsString();
}
