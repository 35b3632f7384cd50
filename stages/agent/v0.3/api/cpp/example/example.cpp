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
    std::string ip;
    int port;
    int ret = client.get_host(modid, cmdid, ip, port);
    if (ret == 0) {
        std::cout << "host is " << ip << ":" << port << std::endl;
        // Here the program would call that host.
    }
    return ret;
}
