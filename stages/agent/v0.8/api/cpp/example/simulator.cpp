// Calls the hosts of a module, as a program would, and has errRate of 10 calls fail by chance.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include "lars_api.h"

struct result {
    int success = 0;
    int error = 0;
};

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 5) {
        printf("usage: %s MODID CMDID [errRate=2] [queries=100]\n", argv[0]);
        return 1;
    }
    int modid = atoi(argv[1]);
    int cmdid = atoi(argv[2]);
    int err_rate = argc > 3 ? atoi(argv[3]) : 2;
    int queries = argc > 4 ? atoi(argv[4]) : 100;
    if (err_rate < 0 || err_rate > 10 || queries < 0) {
        printf("errRate is 0 to 10, queries is not negative\n");
        return 1;
    }
    srand(static_cast<unsigned>(time(NULL)));

    lars_client client;
    client.reg_init(modid, cmdid);
    std::map<std::string, result> results;
    int overload = 0, others = 0;
    for (int i = 0; i < queries; i++) {
        std::string ip;
        int port;
        int ret = client.get_host(modid, cmdid, ip, port);
        if (ret == 0) {
            result &r = results[ip + ":" + std::to_string(port)];
            bool failed = rand() % 10 < err_rate;
            (failed ? r.error : r.success)++;
            client.report(modid, cmdid, ip, port, failed ? 1 : 0);
        } else if (ret == 1) {
            overload++;
        } else {
            others++;
        }
        usleep(6000);
    }
    for (const auto &r : results) {
        printf("ip : %s: success: %d; error: %d\n", r.first.c_str(), r.second.success, r.second.error);
    }
    if (overload + others > 0) {
        printf("no host: %d times overloaded, %d times another error\n", overload, others);
    }
    return 0;
}
