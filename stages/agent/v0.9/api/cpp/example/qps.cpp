// Asks as fast as it can, in so many threads; thread i asks for module (i + 1, 1). Until stopped.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "lars_api.h"

static void ask(int i)
{
    lars_client client;
    int modid = i + 1, cmdid = 1;
    client.reg_init(modid, cmdid);

    std::string ip;
    int port;
    long last_time = time(NULL), begin = last_time;
    unsigned long qps = 0, all = 0;
    while (true) {
        if (client.get_host(modid, cmdid, ip, port) == 0) {
            qps++;
        }
        long now = time(NULL);
        if (now > last_time) {
            all += qps;
            printf("thread:[%d] --> qps = [%lu], average = [%lu]\n", i, qps, all / static_cast<unsigned long>(now - begin));
            fflush(stdout);
            last_time = now;
            qps = 0;
        }
    }
}

int main(int argc, char **argv)
{
    int threads = argc == 2 ? atoi(argv[1]) : 0;
    if (threads < 1 || threads > 1000) {
        printf("usage: %s THREADS\n", argv[0]);
        return 1;
    }
    std::vector<std::thread> all;
    for (int i = 0; i < threads; i++) {
        all.emplace_back(ask, i);
    }
    for (std::thread &one : all) {
        one.join();
    }
    return 0;
}
