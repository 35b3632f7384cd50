// Asks for one host.
#include <cstdio>
#include <cstdlib>
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
    client.reg_init(modid, cmdid);
    std::string ip;
    int port;
    int ret = client.get_host(modid, cmdid, ip, port);
    if (ret == 0) {
        printf("host is %s:%d\n", ip.c_str(), port);
    } else {
        printf("no host, error %d\n", ret);
    }
    return ret;
}
