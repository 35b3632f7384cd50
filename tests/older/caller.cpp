// A program of Lars 1.1: caller PORT MODID CMDID CALLS [BAD_IP] asks for a host and reports a
// call of it so many times, which fails where the host is BAD_IP. It prints how many answers
// it got, and of how many the host was that one.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lars_client.h"

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    lars::lars_client client("127.0.0.1", std::atoi(argv[1]));
    client.set_deadline(5000);
    const int modid = std::atoi(argv[2]), cmdid = std::atoi(argv[3]), calls = std::atoi(argv[4]);
    const std::string bad = argc > 5 ? argv[5] : "";
    int answered = 0, were_bad = 0;
    for (int i = 0; i < calls; ++i) {
        std::string ip;
        int port = 0;
        if (client.get_host(modid, cmdid, ip, port) != lars::lars_client::RET_SUCC)
            continue;
        ++answered;
        were_bad += ip == bad;
        client.report(modid, cmdid, ip, port, ip == bad ? 1 : 0, 1);
    }
    std::printf("%d %d\n", answered, were_bad);
    return 0;
}
