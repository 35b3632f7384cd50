#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

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
    if (client.reg_init(modid, cmdid) != 0) {
        std::cout << "[" << modid << ", " << cmdid << "] is not known" << std::endl;
    }
    route_set route;
    int ret = client.get_route(modid, cmdid, route);
    if (ret == 0) {
        std::cout << "get route succ!" << std::endl;
        for (route_set_it it = route.begin(); it != route.end(); ++it) {
            std::cout << "ip = " << it->first << ", port = " << it->second << std::endl;
        }
    }

    std::string ip;
    int port;
    ret = client.get_host(modid, cmdid, ip, port);
    if (ret == 0) {
        std::cout << "host is " << ip << ":" << port << std::endl;
        // Here the program would call that host, and then it tells how that went.
        client.report(modid, cmdid, ip, port, 0);
    }
    return ret;
}
