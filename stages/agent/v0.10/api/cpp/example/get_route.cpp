// Asks for all hosts.
#include <cstdio>
#include <cstdlib>

#include "lars_api.h"

int main(int argc, char **argv)
{
    if (argc != 3) {
        printf("usage: %s MODID CMDID\n", argv[0]);
        return 1;
    }
    int modid = atoi(argv[1]);
    int cmdid = atoi(argv[2]);

    lars_client client;
    client.reg_init(modid, cmdid);
    route_set route;
    int ret = client.get_route(modid, cmdid, route);
    if (ret != 0 || route.empty()) {
        printf("no route, error %d\n", ret);
        return ret != 0 ? ret : 3;
    }
    for (const ip_port &host : route) {
        printf("ip = %s, port = %d\n", host.first.c_str(), host.second);
    }
    return 0;
}
