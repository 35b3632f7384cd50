#include "route_answer.h"

#include <atomic>
#include <cstdio>
#include <ctime>

#include "dns_route.h"
#include "lars.pb.h"
#include "lars_reactor.h"

// In front of each host stand a byte that says what follows, and one that says how long it is.
static const size_t HOST_HEAD_LEN = 2;

static void tell_cut(int modid, int cmdid, int sent, size_t known)
{
    static std::atomic<time_t> last_told(0);
    time_t now = time(NULL);
    if (last_told.exchange(now) != now) {
        fprintf(stderr, "module (%d, %d): only %d of its %zu hosts fit into an answer\n", modid, cmdid, sent, known);
    }
}

std::string route_answer(int modid, int cmdid)
{
    host_set hosts = Route::instance()->get_hosts(modid, cmdid);
    lars::GetRouteResponse response;
    response.set_modid(modid);
    response.set_cmdid(cmdid);
    size_t size = response.ByteSizeLong();
    for (uint64_t known : hosts) {
        lars::HostInfo host;
        host.set_ip(static_cast<int>(known >> 32));
        host.set_port(static_cast<int>(known & 0xffffffff));
        size += HOST_HEAD_LEN + host.ByteSizeLong();
        if (size > MESSAGE_LENGTH_LIMIT) {
            tell_cut(modid, cmdid, response.host_size(), hosts.size());
            break;
        }
        *response.add_host() = host;
    }
    return response.SerializeAsString();
}
