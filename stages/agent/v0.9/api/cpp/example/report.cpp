// Tells the agent how one call went.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lars_api.h"

int main(int argc, char **argv)
{
    if (argc != 6) {
        printf("usage: %s MODID CMDID IP PORT 0|1\n", argv[0]);
        return 1;
    }
    int modid = atoi(argv[1]);
    int cmdid = atoi(argv[2]);
    std::string ip = argv[3];
    int port = atoi(argv[4]);
    int retcode = atoi(argv[5]);

    lars_client client;
    client.reg_init(modid, cmdid);
    client.report(modid, cmdid, ip, port, retcode);
    printf("report modid = %d, cmdid = %d | %s:%d %s\n", modid, cmdid, ip.c_str(), port, retcode == 0 ? "SUCC" : "OVERLOAD");
    return 0;
}
